// What is typed without a connection: kept in this browser, sealed, for this account alone, and sent when it is back.

import type { BrowserContext, Page } from '@playwright/test';
import { expect } from '../fixtures';
import { enter } from '../steps/accounts';
import { company } from '../steps/answers';
import type { Doors } from '../steps/doors';
import { begin, draft, fillIn, save, submit, uploadMissing } from '../steps/filing';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

const HELD = '连接已断开。您填写的内容已加密保存在本设备上';
const ELSEWHERE = '另一台设备写的有限公司';
const UNSENT = '本设备上有断开连接时填写的内容，没有保存到备案系统';

test.use({ expected: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 503/] });

/** Everything in the browser's own database, as far as a script can see it. */
function vault(page: Page): Promise<{ kept: number; accounts: string[]; plain: string; extractable: boolean[] }> {
  return page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    if (!(await indexedDB.databases()).some(({ name }) => name === 'vault')) return { kept: 0, accounts: [], plain: '', extractable: [] };
    const database = await answer(indexedDB.open('vault'));
    const stores = database.transaction(['keys', 'kept']);
    const [keys, kept, places] = await Promise.all([
      answer(stores.objectStore('keys').getAll()),
      answer(stores.objectStore('kept').getAll()),
      answer(stores.objectStore('kept').getAllKeys()),
    ]);
    database.close();
    const plain = kept.map(({ sealed }: { sealed: ArrayBuffer }) => new TextDecoder().decode(sealed)).join('\n');
    return {
      kept: kept.length,
      accounts: places.map((place) => (place as string[])[0]!),
      plain,
      extractable: keys.map((key: CryptoKey) => key.extractable),
    };
  });
}

async function account(doors: Doors): Promise<string> {
  return (await doors.read<{ account: string }>('sessions/me')).account;
}

/**
 * A page ends while the connection is away, at once and without another word: one that is closed or goes on hears in a browser under
 * test that the connection is back, and sends by itself.
 */
async function gone(page: Page): Promise<void> {
  const asked = await page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(asked, 'nothing would be lost: nobody is asked').toBe(false);
  const ended = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  session.send('Page.crash').catch(() => undefined);
  await ended;
  await page.close();
}

/** The sponsor's name typed without a connection, and the page closed. */
async function typedOffline(context: BrowserContext, id: string, name: string, meanwhile = async () => {}): Promise<void> {
  const page = await context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await context.setOffline(true);
  await page.getByLabel('主办单位名称').fill(name);
  await page.getByLabel('主办单位名称').press('Tab');
  await expect(page.getByText(HELD)).toBeVisible();
  await gone(page);
  await meanwhile();
  await context.setOffline(false);
}

/** The same, and on another device another name before the connection is back for good: the page that is opened then. */
async function overtakenOffline(registrant: Doors, device: Doors, name: string): Promise<{ id: string; page: Page }> {
  const id = await fillIn(registrant, company());
  await typedOffline(registrant.context, id, name);
  await enter(device, registrant.userName);
  await save(device, id, 'sponsor', { ...(await draft(device, id)).draft.sponsor, name: ELSEWHERE });
  const page = await registrant.context.newPage();
  await open(page, '/filings');
  await expect(page.getByText(UNSENT)).toBeVisible();
  return { id, page };
}

async function nameOf(doors: Doors, id: string): Promise<string | undefined> {
  return (await draft(doors, id)).draft.sponsor.name;
}

test('is sealed by a key that cannot be exported, is sent by any page of the account, and is gone then', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, '/account');
  await typedOffline(registrant.context, id, '断线时写下的有限公司', async () => {
    const before = await vault(page);
    expect(before).toMatchObject({ kept: 1, accounts: [await account(registrant)], extractable: [false] });
    expect(before.plain).not.toContain('有限公司');
    expect(before.plain).not.toContain(encodeURIComponent('有限公司'));
    expect(await nameOf(registrant, id)).toBe('');
  });
  // The page that is open sends it by itself.
  await expect.poll(() => nameOf(registrant, id)).toBe('断线时写下的有限公司');
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
  // Nothing is left to ask about: a question would be declined here, and the page would stay.
  await page.getByRole('button', { name: '退出系统' }).click();
  await expect(page).toHaveURL('/');
});

test('is kept while the server does not answer, too', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  let answered = (): void => undefined;
  const held = new Promise<void>((done) => (answered = done));
  await page.route('**/api/filings/save_sponsor', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel('主办单位名称').fill('等待中写下的有限公司');
  await page.getByLabel('主办单位名称').press('Tab');
  await expect.poll(async () => (await vault(page)).kept).toBe(1);
  answered();
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
  expect(await nameOf(registrant, id)).toBe('等待中写下的有限公司');
});

test('stands beside what another device wrote meanwhile, and the choice is the person’s', async ({ newcomer, stranger }) => {
  const registrant = await newcomer();
  const { id, page } = await overtakenOffline(registrant, await stranger(), '断线的设备写的有限公司');
  expect(await nameOf(registrant, id)).toBe(ELSEWHERE);
  await page.getByRole('link', { name: '查看并选择保留哪一份' }).click();
  await expect(page.getByRole('cell', { name: ELSEWHERE })).toBeVisible();
  await expect(page.getByLabel('主办单位名称')).toHaveValue('断线的设备写的有限公司');
  // Also after it was looked at, and not decided.
  await page.reload();
  await expect(page.getByRole('cell', { name: ELSEWHERE })).toBeVisible();
  await expect(page.getByLabel('主办单位名称')).toHaveValue('断线的设备写的有限公司');
  await page.getByRole('button', { name: '保留本页内容' }).click();
  await expect.poll(() => nameOf(registrant, id)).toBe('断线的设备写的有限公司');
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
});

test('of two windows is all there: the second is shown beside the first', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const { context } = registrant;
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const page of [first, second]) await open(page, `/filings/${id}/sponsor`);
  await context.setOffline(true);
  for (const [page, name] of [[first, '第一个窗口写的有限公司'], [second, '第二个窗口写的有限公司']] as const) {
    await page.getByLabel('主办单位名称').fill(name);
    await page.getByLabel('主办单位名称').press('Tab');
    await expect(page.getByText(HELD)).toBeVisible();
  }
  expect((await vault(first)).kept).toBe(2);
  for (const page of [first, second]) await gone(page);
  await context.setOffline(false);
  const page = await context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await expect(page.getByRole('button', { name: '保留本页内容' })).toBeVisible();
  const kept = await nameOf(registrant, id);
  const shown = await page.getByLabel('主办单位名称').inputValue();
  expect([kept, shown].sort()).toEqual(['第一个窗口写的有限公司', '第二个窗口写的有限公司']);
  await page.getByRole('button', { name: '采用另一个窗口的内容' }).click();
  await expect(page.getByLabel('主办单位名称')).toHaveValue(kept!);
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
});

test('is tried again by itself when the server was not reached at first', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  await typedOffline(registrant.context, id, '再试一次的有限公司');
  const page = await registrant.context.newPage();
  let refused = 0;
  await page.route('**/api/filings/save_sponsor', async (route) => {
    if ((refused += 1) > 2) return route.continue();
    return refused === 1 ? route.fulfill({ status: 503, body: '' }) : route.abort('internetdisconnected');
  });
  await open(page, '/filings');
  await expect.poll(() => nameOf(registrant, id)).toBe('再试一次的有限公司');
  expect(refused).toBe(3);
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
});

test('waits for its choice, whatever is saved on other pages meanwhile', async ({ newcomer, stranger }) => {
  const registrant = await newcomer();
  const { id, page } = await overtakenOffline(registrant, await stranger(), '还没有选择的有限公司');
  await page.getByRole('link', { name: '查看并选择保留哪一份' }).click();
  await expect(page.getByRole('cell', { name: ELSEWHERE })).toBeVisible();
  await page.locator(`.breadcrumb a[href="/filings/${id}"]`).click();
  await page.locator(`a[href="/filings/${id}/sites/1"]`).first().click();
  await page.getByLabel('网站名称', { exact: true }).fill('另一页上写的网站');
  await page.getByLabel('网站名称', { exact: true }).press('Tab');
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  expect((await vault(page)).kept).toBe(1);
  await page.goBack();
  await page.goBack();
  await expect(page.getByRole('cell', { name: ELSEWHERE })).toBeVisible();
  await expect(page.getByLabel('主办单位名称')).toHaveValue('还没有选择的有限公司');
});

test('of two windows and another device is all shown, one after the other', async ({ newcomer, stranger }) => {
  const registrant = await newcomer();
  const device = await stranger();
  await enter(device, registrant.userName);
  const id = await fillIn(registrant, company());
  const { context } = registrant;
  const names = ['第一个窗口写的有限公司', '第二个窗口写的有限公司'];
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) await open(page, `/filings/${id}/sponsor`);
  await context.setOffline(true);
  for (const [at, page] of pages.entries()) {
    await page.getByLabel('主办单位名称').fill(names[at]!);
    await page.getByLabel('主办单位名称').press('Tab');
    await expect(page.getByText(HELD)).toBeVisible();
  }
  await save(device, id, 'sponsor', { ...(await draft(device, id)).draft.sponsor, name: ELSEWHERE });
  for (const page of pages) await gone(page);
  await context.setOffline(false);
  const page = await context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await expect(page.getByRole('cell', { name: ELSEWHERE })).toBeVisible();
  const first = await page.getByLabel('主办单位名称').inputValue();
  expect(names).toContain(first);
  await page.getByRole('button', { name: '保留本页内容' }).click();
  // The other window's has its turn, beside what was chosen.
  const second = names.find((name) => name !== first)!;
  await expect(page.getByRole('cell', { name: first })).toBeVisible();
  await expect(page.getByLabel('主办单位名称')).toHaveValue(second);
  expect(await nameOf(registrant, id)).toBe(first);
  await page.getByRole('button', { name: '采用另一个窗口的内容' }).click();
  await expect(page.getByLabel('主办单位名称')).toHaveValue(first);
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
});

test('is deleted at signing out, after a question, and no other window keeps anything then', async ({ newcomer, stranger }) => {
  const registrant = await newcomer();
  const { id, page } = await overtakenOffline(registrant, await stranger(), '退出前写下的有限公司');
  const other = await registrant.context.newPage();
  await open(other, `/filings/${id}/sites/1`);
  const answers = [false, true];
  page.on('dialog', (dialog) => void (answers.shift() ? dialog.accept() : dialog.dismiss()));
  await page.getByRole('button', { name: '退出系统' }).click();
  expect((await vault(page)).kept).toBe(1);
  await expect(page.getByText(UNSENT)).toBeVisible();
  await page.getByRole('button', { name: '退出系统' }).click();
  await expect(page).toHaveURL('/');
  expect(await vault(page)).toMatchObject({ kept: 0, extractable: [] });
  // The other window still shows a page of the account, and its connection comes and goes.
  await registrant.context.setOffline(true);
  await registrant.context.setOffline(false);
  await registrant.context.setOffline(true);
  await other.getByLabel('网站名称', { exact: true }).fill('退出之后写下的');
  await other.getByLabel('网站名称', { exact: true }).press('Tab');
  await expect(other.getByText('连接已断开。您填写的内容还在本页上')).toBeVisible();
  expect(await vault(other)).toMatchObject({ kept: 0, extractable: [] });
});

test('is deleted by whoever signs out on a page without scripts, too', async ({ newcomer, stranger }) => {
  const registrant = await newcomer();
  const { page } = await overtakenOffline(registrant, await stranger(), '在登录页退出');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto('/sign-in');
  await page.getByRole('link', { name: '退出系统' }).click();
  await expect(page.getByText(UNSENT)).toBeVisible();
  await page.getByRole('button', { name: '退出并换一个账号登录' }).click();
  await expect(page).toHaveURL('/sign-in?done=signed_out');
  expect(await vault(page)).toMatchObject({ kept: 0, extractable: [] });
});

test('is deleted by whoever signs out before the program has come', async ({ newcomer }) => {
  const registrant = await newcomer();
  const { context } = registrant;
  const id = await begin(registrant);
  await typedOffline(context, id, '程序未到就退出的有限公司', async () => {
    await context.route(/\/pkg\/.*\.(js|wasm)$/, (route) => route.abort());
  });
  const page = await context.newPage();
  await page.goto('/account');
  expect(await vault(page)).toMatchObject({ kept: 1, extractable: [false] });
  await page.getByRole('button', { name: '退出系统' }).click();
  await expect(page).toHaveURL('/');
  expect(await vault(page)).toMatchObject({ kept: 0, extractable: [] });
});

test('stays to be read where the filing was handed in meanwhile, until it is given up', async ({ newcomer, stranger }) => {
  const registrant = await newcomer();
  const { context } = registrant;
  const id = await fillIn(registrant, company());
  await uploadMissing(registrant, id);
  await typedOffline(context, id, '提交之前断线写下的有限公司');
  const device = await stranger();
  await enter(device, registrant.userName);
  await submit(device, id);
  const page = await context.newPage();
  await open(page, '/filings');
  await expect(page.getByText(UNSENT)).toBeVisible();
  await expect(page.getByText('这份备案现在不能修改')).toBeVisible();
  await page.getByText('查看断开连接时填写的内容').click();
  await expect(page.getByText('主办单位名称：提交之前断线写下的有限公司')).toBeVisible();
  await expect(page.getByRole('link', { name: '查看这份备案' })).toHaveAttribute('href', `/filings/${id}`);
  expect((await vault(page)).kept).toBe(1);
  await page.getByRole('button', { name: '不再需要，从本设备删除' }).click();
  await expect(page.getByText('提交之前断线写下的有限公司')).toHaveCount(0);
  await expect(page.getByText(UNSENT)).toHaveCount(0);
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
});

test('stays to be read where its site was removed meanwhile, and promises nothing', async ({ newcomer }) => {
  const registrant = await newcomer();
  const { context } = registrant;
  const id = await begin(registrant);
  await registrant.write('filings/add_site', { id });
  const typing = await context.newPage();
  await open(typing, `/filings/${id}/sites/2`);
  await context.setOffline(true);
  await typing.getByLabel('网站名称', { exact: true }).fill('被删除的网站');
  await typing.getByLabel('网站名称', { exact: true }).press('Tab');
  await expect(typing.getByText(HELD)).toBeVisible();
  await gone(typing);
  await registrant.write('filings/remove_site', { id, site: '2' });
  await context.setOffline(false);
  const page = await context.newPage();
  await open(page, '/filings');
  await expect(page.getByText('所属的备案或者网站已被删除')).toBeVisible();
  await page.getByText('查看断开连接时填写的内容').click();
  await expect(page.getByText('网站名称：被删除的网站')).toBeVisible();
  await page.getByRole('button', { name: '不再需要，从本设备删除' }).click();
  await expect.poll(async () => (await vault(page)).kept).toBe(0);
});

test('is neither sent nor shown to somebody else who signs in in this browser', async ({ newcomer }) => {
  const [registrant, other] = [await newcomer(), await newcomer()];
  const id = await begin(registrant);
  const { context } = registrant;
  const [mine, theirs] = [await context.cookies(), await other.context.cookies()];
  await typedOffline(context, id, '不该被别人看到的有限公司');
  await context.clearCookies();
  await context.addCookies(theirs);
  const page = await context.newPage();
  const sent: string[] = [];
  page.on('request', (request) => request.url().includes('/api/filings/save') && sent.push(request.url()));
  await open(page, '/filings');
  await page.goto('/account');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect((await vault(page)).kept).toBe(1);
  await expect(page.getByText(UNSENT)).toHaveCount(0);
  expect(sent).toEqual([]);
  // Nor is it theirs to delete.
  await page.getByRole('button', { name: '退出系统' }).click();
  await expect(page).toHaveURL('/');
  expect((await vault(page)).kept).toBe(1);

  await context.clearCookies();
  await context.addCookies(mine);
  await open(page, '/filings');
  await expect.poll(() => nameOf(registrant, id)).toBe('不该被别人看到的有限公司');
});

test('is not sent under the session that somebody else began beside the page', async ({ newcomer }) => {
  const [registrant, other] = [await newcomer(), await newcomer()];
  const id = await begin(registrant);
  const { context } = registrant;
  const [mine, theirs] = [await context.cookies(), await other.context.cookies()];
  const page = await context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await context.setOffline(true);
  await page.getByLabel('主办单位名称').fill('自己的有限公司');
  await page.getByLabel('主办单位名称').press('Tab');
  await expect(page.getByText(HELD)).toBeVisible();
  await context.clearCookies();
  await context.addCookies(theirs);
  const refused = page.waitForResponse((response) => response.url().includes('/api/filings/save_sponsor'));
  await context.setOffline(false);
  expect((await refused).status()).toBe(401);
  await expect(page.getByText('登录已过期')).toBeVisible();
  await context.clearCookies();
  await context.addCookies(mine);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect.poll(() => nameOf(registrant, id)).toBe('自己的有限公司');
});
