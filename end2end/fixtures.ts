import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';

/** Messages that a test expects, such as the browser's own note on a page that answers 404. */
type Expected = { expected: RegExp[] };

/** A door that says no answers 4xx, and the browser notes it; the page shows it to the person. */
const REFUSED_DOOR = /^Failed to load resource: the server responded with a status of (401|403|404|409|422|429) /;

/** Collects what the console and the page's scripts complain about. */
export function watch(context: BrowserContext, expected: RegExp[] = []): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const text = message.text();
    if (REFUSED_DOOR.test(text) && new URL(message.location().url).pathname.startsWith('/api/')) return;
    if (message.type() === 'warning' && !/hydrat|leptos|Content Security Policy/i.test(text)) return;
    if (expected.some((pattern) => pattern.test(text))) return;
    complaints.push(`${text} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  return complaints;
}

/** Every test fails on a console error, in its own context and in those it makes by `newContext`. */
export const test = base.extend<Expected & { quiet: void; newContext: (options?: object) => Promise<BrowserContext> }>({
  expected: [[], { option: true }],
  quiet: [
    async ({ context, expected }, use) => {
      const complaints = watch(context, expected);
      await use();
      expect(complaints, 'the console stays quiet').toEqual([]);
    },
    { auto: true },
  ],
  newContext: async ({ browser, baseURL, expected }, use) => {
    const made: { context: BrowserContext; complaints: string[] }[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options });
      made.push({ context, complaints: watch(context, expected) });
      return context;
    });
    for (const { context, complaints } of made) {
      await context.close();
      expect(complaints, 'the console stays quiet').toEqual([]);
    }
  },
});

/** Waits until the page's WASM answers. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('body[data-hydrated]').waitFor({ state: 'attached' });
}

/** Waits for the WASM of pages that carry any; the public ones are whole without. */
export async function settled(page: Page): Promise<void> {
  if ((await page.locator('script[type="module"]').count()) > 0) await hydrated(page);
}

export { expect };
