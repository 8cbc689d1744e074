// A page that is worked by the keyboard alone: what other steps do with a pointer comes as keys here.

import type { Locator, Page } from '@playwright/test';

/** More stops than any page has. */
const STOPS = 250;

/** Presses Tab until the place is reached: no pointer, no jump. */
export async function reach(page: Page, place: Locator): Promise<void> {
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await place.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${place}`);
}

async function toggle(page: Page, box: Locator, checked: boolean): Promise<void> {
  if ((await box.isChecked()) === checked) return;
  await reach(page, box);
  await page.keyboard.press('Space');
}

async function choose(page: Page, list: Locator, value: string): Promise<void> {
  await reach(page, list);
  await page.keyboard.press('Home');
  for (let option = 0; option < STOPS; option += 1) {
    if ((await list.inputValue()) === value) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`${list} has no ${value}`);
}

type Act = (page: Page, at: Locator, given: never) => Promise<void>;

const ACTS: { [name: string]: Act } = {
  click: async (page, at) => {
    await reach(page, at);
    await page.keyboard.press('Enter');
  },
  check: (page, at) => toggle(page, at, true),
  uncheck: (page, at) => toggle(page, at, false),
  fill: async (page, at, text: string) => {
    await reach(page, at);
    const [year, month, day] = text.split('-');
    // A date is typed part by part, here in the order of the browser's own language.
    const isDate = (await at.getAttribute('type')) === 'date';
    if (!isDate) await page.keyboard.press('Control+a');
    await page.keyboard.type(isDate ? `${month}${day}${year}` : text);
  },
  selectOption: choose,
  setInputFiles: async (page, at, file: { name: string; mimeType: string; buffer: Buffer }) => {
    await reach(page, at);
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(file);
  },
};

/** The same page or locator, whose acts are keys. */
export function byKeyboard<T extends Page | Locator>(page: Page, target: T): T {
  return new Proxy(target, {
    get(real, name) {
      const act = typeof name === 'string' && 'filter' in real && Object.hasOwn(ACTS, name) ? ACTS[name] : undefined;
      if (act) return (given: never) => act(page, real as Locator, given);
      const value: unknown = Reflect.get(real, name, real);
      if (typeof value !== 'function' || name === 'constructor') return value;
      return (...given: unknown[]) => {
        const answer: unknown = value.apply(real, given);
        const isLocator = typeof answer === 'object' && answer !== null && 'filter' in answer && 'getByRole' in answer;
        return isLocator ? byKeyboard(page, answer as Locator) : answer;
      };
    },
  });
}
