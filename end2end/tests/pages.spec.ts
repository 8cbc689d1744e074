import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, settled } from '../fixtures';
import { liveCode, newClerk, PASSWORD, replaceFirst } from '../steps/accounts';
import { company } from '../steps/answers';
import { axeFindings, cutLinks, expectWhole, tooWide } from '../steps/checks';
import type { Doors } from '../steps/doors';
import { begin, fillIn, handIn } from '../steps/filing';
import { returnAtDoor } from '../steps/desk';
import { reach } from '../steps/keyboard';
import { ACCOUNT, ENTRANCES, LISTS, OFFICE, PUBLIC, STAFF_ACCOUNT, furtherPages } from '../steps/lists';
import { test } from '../steps/test';

test.describe.configure({ mode: 'parallel' });

const LANGS = ['zh', 'en'] as const;

/** Looks at pages in one language: light and wide, then dark and as narrow as a phone. */
async function look(doors: Doors, lang: 'zh' | 'en', paths: string[]): Promise<void> {
  await doors.speak(lang);
  const page = await doors.context.newPage();
  const wrong: string[] = [];
  for (const [at, path] of paths.entries()) {
    await page.emulateMedia({ colorScheme: at % 2 === (lang === 'zh' ? 0 : 1) ? 'light' : 'dark' });
    await page.setViewportSize({ width: 1280, height: 800 });
    const response = await page.goto(path);
    expect(response!.status(), path).toBeLessThan(500);
    await settled(page);
    await expectWhole(page, lang);
    for (const found of await axeFindings(page)) wrong.push(`${lang} ${path}: ${found}`);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const found of [...(await tooWide(page)), ...(await cutLinks(page))]) wrong.push(`${lang} ${path} at 360 px: ${found}`);
  }
  expect(wrong).toEqual([]);
}

test('every page of the public and of the entrances is in the lists below', () => {
  const source = readFileSync('../app/src/paths.rs', 'utf8');
  const fixed = [...source.matchAll(/^\s+\w+ = "(\/[^"]*)";$/gm)].map((found) => found[1]!);
  expect(fixed.length).toBeGreaterThan(20);
  const looked = [...PUBLIC, ...ENTRANCES, ...ACCOUNT, ...STAFF_ACCOUNT, ...OFFICE, '/filings', '/provider', '/bureau'].map((path) => path.split('?')[0]);
  expect(fixed.filter((path) => !looked.includes(path))).toEqual([]);
});

for (const lang of LANGS) {
  test.describe(lang, () => {
    // Pages that are not there, or are somebody else's, say so with their status.
    test.use({ expected: [/status of 4\d\d/] });

    test(`public pages in ${lang}`, async ({ stranger }) => {
      const doors = await stranger();
      await look(doors, lang, ['/', ...PUBLIC, ...(await furtherPages(doors)), '/not-there', '/records/none']);
    });

    test(`entrances in ${lang}`, async ({ stranger }) => look(await stranger(), lang, ENTRANCES));

    test(`the registrant's pages in ${lang}`, async ({ newcomer, staff }) => {
      const registrant = await newcomer();
      const empty = await begin(registrant);
      const full = await fillIn(registrant, company());
      const sent = await handIn(registrant, company());
      const returned = await handIn(registrant, company());
      await returnAtDoor(await staff('yunshang-clerk'), returned, [{ section: 'sponsor', field: 'address', words: '地址不全', suggestion: '补全' }]);
      const sections = (id: string) => ['', '/sponsor', '/sites/1', '/sites/1/accesses/1', '/materials', '/review'].map((rest) => `/filings/${id}${rest}`);
      await look(registrant, lang, [
        '/filings', '/filings/new', ...['new_site', 'new_access', 'already_filed', 'conflict', 'underway'].map((kind) => `/filings/new/${kind}`),
        ...sections(empty), `/filings/${empty}/sponsor?check=1`, ...sections(full).slice(4), `/filings/${full}/discard`,
        `/filings/${full}/sites/1/remove`, `/filings/${full}/sites/1/accesses/1/remove`, `/filings/${sent}/submitted`,
        `/filings/${sent}/progress`, `/filings/${sent}/withdraw`, `/filings/${returned}`, `/filings/${returned}/sponsor`,
      ]);
    });

    test(`half a sign-in in ${lang}`, async ({ stranger, staff }) => {
      const { userName, first } = await newClerk(await staff('yunshang-admin'));
      const doors = await stranger();
      await look(doors, lang, [await replaceFirst(doors, userName, first), '/provider', '/sign-in']);
    });

    test(`one's own account in ${lang}`, async ({ newcomer }) => look(await newcomer(), lang, ACCOUNT));

    for (const userName of ['yunshang-admin', 'beijing-admin'] as const) {
      test(`what ${userName} keeps in ${lang}`, async ({ staff }) => {
        const doors = await staff(userName);
        const { staff: accounts } = await doors.read<{ staff: { id: string }[] }>('staff/list');
        const paths = [...OFFICE, ...STAFF_ACCOUNT, ...accounts.slice(0, 2).map(({ id }) => `/office/staff/${id}`), '/office/none'];
        if (userName === 'yunshang-admin') {
          const { services } = await doors.read<{ services: { id: string }[] }>('services/list', { code: '', page: '1' });
          paths.push(`/office/services/${services[0]!.id}`, '/office/services?code=nothing');
        } else {
          const [provider] = await doors.read<{ id: string }[]>('providers/list');
          paths.push(`/office/providers/${provider!.id}`);
        }
        await look(doors, lang, paths);
      });
    }

    for (const [house, userName] of [['provider', 'yunshang-clerk'], ['bureau', 'beijing-reviewer-1']] as const) {
      test(`the desk of the ${house} in ${lang}`, async ({ staff }) => {
        const doors = await staff(userName);
        const { rows } = await doors.read<{ rows: { id: string; status: string }[] }>('reviews/desk', { listing: 'all', page: '1' });
        const cases = new Map(rows.map((row) => [row.status, row.id]));
        await look(doors, lang, [...LISTS.map((list) => `/${house}?list=${list}`), ...[...cases.values()].map((id) => `/${house}/cases/${id}`)]);
      });
    }
  });
}

async function tabTo(page: Page, role: 'radio' | 'textbox' | 'button' | 'link' | 'combobox', name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) }).first();
  await reach(page, wanted);
}

test('with the keyboard alone: sign in with the second step, and work at the desk', async ({ page, newContext }) => {
  const userName = 'hengtong-admin';
  await page.goto('/sign-in');
  await settled(page);
  await tabTo(page, 'radio', '网站主办者');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'ICP报备（接入服务提供者）' })).toBeChecked();
  await tabTo(page, 'textbox', '用户名');
  await page.keyboard.type(userName);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: '第二步验证' })).toBeVisible();
  await settled(page);
  const code = await liveCode(await (await newContext()).newPage(), userName);
  await tabTo(page, 'textbox', '验证器上的 6 位数字');
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: '核实工作台' })).toBeVisible();

  await page.goto('/provider?list=all');
  await settled(page);
  const links = page.locator('.queue .case-link');
  await page.keyboard.press('j');
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(links.nth(0)).toBeFocused();
  const help = page.getByRole('dialog', { name: '键盘快捷键' });
  await page.keyboard.press('?');
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

test('with the keyboard alone: a case is opened, taken, and its verdicts reached', async ({ newcomer, staff }) => {
  const answers = company('zhejiang');
  const id = await handIn(await newcomer(), answers);
  const page = await (await staff('hengtong-clerk')).context.newPage();
  await page.goto('/provider?list=all');
  await settled(page);
  await expect(page.getByRole('row').filter({ hasText: answers.name })).toBeVisible();
  const wanted = page.getByRole('link', { name: answers.name });
  for (let step = 0; step < 60 && !(await wanted.evaluate((element) => element === document.activeElement)); step += 1) await page.keyboard.press('j');
  await expect(wanted).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: answers.name })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/provider/cases/${id}`);
  await page.keyboard.press('c');
  await expect(page.getByText('由我办理', { exact: true })).toBeVisible();
  await expect(page.locator('.verdict[open]')).toHaveCount(0);
  await page.keyboard.press('r');
  await expect(page.locator('#do-return')).toHaveAttribute('open', '');
  const opinion = page.locator('#do-return').getByRole('combobox');
  await expect(opinion).toBeFocused();
  await expect(opinion).toBeInViewport();
  await expect(opinion).toHaveValue('');
  expect(await page.locator('.sheet-right').evaluate((column) => column.scrollHeight - column.clientHeight), 'no scrolling within').toBe(0);
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: '键盘快捷键' })).toBeVisible();
  await page.keyboard.press('?');
  await page.keyboard.press('u');
  await expect(page.getByRole('heading', { level: 1, name: '核实工作台' })).toBeVisible();
});

test('with the keyboard alone: a step of the wizard', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await page.goto(`/filings/${id}/sites/1`);
  await settled(page);
  await tabTo(page, 'textbox', '网站名称');
  await page.keyboard.type('键盘填写的网站');
  await tabTo(page, 'textbox', '网站域名');
  await page.keyboard.type('keyboard-only.example');
  await tabTo(page, 'button', '保存，稍后再填');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  const { draft } = await registrant.read<{ draft: { sites: { form: { name: string; domain: string } }[] } }>('filings/draft', { id });
  expect(draft.sites[0]!.form).toMatchObject({ name: '键盘填写的网站', domain: 'keyboard-only.example' });
});
