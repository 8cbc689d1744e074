// Pages in both languages, one beside the other.

import { expect, settled } from '../fixtures';
import type { Doors } from './doors';
import { strings, texts, untranslated } from './languages';

/**
 * Looks at each page in Chinese and in English: nothing but names may be the same, and nothing but names Chinese. Others work on the
 * same server: `newer` asks for the names that came meanwhile.
 */
export async function compare(doors: Doors, paths: string[], names: string[], newer?: () => Promise<string[]>, least = 10): Promise<void> {
  const page = await doors.context.newPage();
  const found = new Map<string, string>();
  let english = 0;
  const look = async (path: string): Promise<string[]> => {
    const seen: Record<string, string[]> = {};
    for (const lang of ['zh', 'en'] as const) {
      await doors.speak(lang);
      await page.goto(path);
      await settled(page);
      await expect(page.locator('html')).toHaveAttribute('lang', lang === 'zh' ? 'zh-CN' : 'en');
      seen[lang] = await texts(page);
    }
    english += seen.en!.length;
    return untranslated(seen.en!, seen.zh!, names);
  };
  for (const path of paths) {
    let left = await look(path);
    for (let again = 0; again < 3 && left.length > 0 && newer; again += 1) {
      names.push(...(await newer()));
      left = await look(path);
    }
    for (const text of left) if (!found.has(text)) found.set(text, path);
  }
  await page.close();
  expect(english, 'pages have texts').toBeGreaterThan(least * paths.length);
  expect([...found].map(([text, path]) => `${path}: ${text}`)).toEqual([]);
}

/** Names of the demo: its accounts, its houses, and whom and what its messages are about. */
export async function demoNames(doors: Doors): Promise<string[]> {
  const view = await doors.read<{ accounts: unknown; awaited: unknown; password: string; sample: { provider: unknown } }>('demo/view');
  const messages = await doors.read<{ recipient: string; params: Record<string, string> }[]>('demo/messages');
  return [...strings([view.accounts, view.awaited, view.password, view.sample.provider]), ...messages.flatMap(({ recipient, params }) => [recipient, ...Object.values(params)])];
}
