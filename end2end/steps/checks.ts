import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What axe finds, as lines that name element and rule. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

/** Elements that make the page wider than its window. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} reaches ${element.getBoundingClientRect().right}`)
      .concat(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${width} px`);
  });
}

/** Links of a navigation that stand outside of the window, where nobody sees that there are more. */
export async function cutLinks(page: Page): Promise<string[]> {
  return page.locator('nav a:visible').evaluateAll((links) =>
    links
      .filter((link) => link.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((link) => `“${link.textContent}” is cut off`),
  );
}

/** A title, one first heading, and a language that fits. */
export async function expectWhole(page: Page, lang: 'zh' | 'en'): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.getByRole('heading', { level: 1 })).not.toBeEmpty();
  expect(await page.title()).toMatch(/\S/);
  await expect(page.locator('html')).toHaveAttribute('lang', lang === 'zh' ? /^zh/ : /^en/);
}
