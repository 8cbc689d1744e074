import type { BrowserContext } from '@playwright/test';
import { expect, settled } from '../fixtures';
import { company, PLACES } from '../steps/answers';
import type { Doors } from '../steps/doors';
import { begin, draft, fillIn } from '../steps/filing';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

/** Holds back what is saved of the sponsor until `arrive` is called. */
async function holdSaves(context: BrowserContext): Promise<{ arrive: () => void }> {
  let arrive = (): void => undefined;
  const held = new Promise<void>((done) => (arrive = done));
  await context.route('**/api/filings/save_sponsor', async (route) => {
    await held;
    await route.continue();
  });
  return { arrive: () => arrive() };
}

/** A page that was loaded anew right after a name was typed, and before the server has it. */
async function reloadedTooEarly(registrant: Doors, words: string) {
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  const { arrive } = await holdSaves(registrant.context);
  const name = page.getByLabel('主办单位名称');
  await name.pressSequentially(words);
  await page.reload();
  await settled(page);
  await expect(name).toHaveValue('');
  return { registrant, id, page, name, arrive };
}

test('a form that another window overtook shows both answers, and neither is lost before the choice', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const [first, second] = [await registrant.context.newPage(), await registrant.context.newPage()];
  await open(first, `/filings/${id}/sponsor`);
  await open(second, `/filings/${id}`);
  await second.locator(`a[href="/filings/${id}/sponsor"]`).first().click();
  await expect(second.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  await first.getByLabel('主办单位名称').fill('第一个窗口写的有限公司');
  await first.getByLabel('主办单位名称').press('Tab');
  await expect(first.getByText('已保存', { exact: true })).toBeVisible();
  // The submission overtakes the save that leaving the field begins.
  await second.route('**/api/filings/save_sponsor', async (route) => {
    if (!(route.request().postData() ?? '').includes('go=continue')) await new Promise((done) => setTimeout(done, 600));
    await route.continue();
  });
  await second.getByLabel('主办单位名称').fill('第二个窗口写的有限公司');
  await second.getByRole('button', { name: '保存并继续' }).click();
  await expect(second.getByRole('cell', { name: '第一个窗口写的有限公司' })).toBeVisible();
  await expect(second.getByLabel('主办单位名称')).toHaveValue('第二个窗口写的有限公司');
  await expect(second.getByText('还没有保存：另一个窗口改过本页')).toBeVisible();
  expect((await draft(registrant, id)).draft.sponsor.name).toBe('第一个窗口写的有限公司');
  // Going back asks first.
  const asked = new Promise<string>((told) => second.once('dialog', async (dialog) => (told(dialog.message()), await dialog.dismiss())));
  await second.evaluate(() => history.back());
  expect(await asked).toContain('没有保存');
  await expect(second).toHaveURL(`/filings/${id}/sponsor`);
  await expect(second.getByLabel('主办单位名称')).toHaveValue('第二个窗口写的有限公司');
  await second.getByRole('button', { name: '保留本页内容' }).click();
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.name).toBe('第二个窗口写的有限公司');
});

test('a page that is loaded anew right after typing has what was typed', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  const name = page.getByLabel('主办单位名称');
  await name.pressSequentially('刷新之前写下的有限公司');
  await page.reload();
  await settled(page);
  await expect(name).toHaveValue('刷新之前写下的有限公司');
  await name.fill('刷新之后写下的有限公司');
  await name.press('Tab');
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  expect((await draft(registrant, id)).draft.sponsor.name).toBe('刷新之后写下的有限公司');
});

test('a page that is loaded anew before the server has what was handed over shows it once it has', async ({ newcomer }) => {
  const { registrant, id, page, name, arrive } = await reloadedTooEarly(await newcomer(), '晚到的有限公司');
  arrive();
  await expect(name).toHaveValue('晚到的有限公司');
  // It stands on the newest version: typing on overtakes nobody.
  await name.press('End');
  await name.pressSequentially('（北京）');
  await name.press('Tab');
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  expect((await draft(registrant, id)).draft.sponsor.name).toBe('晚到的有限公司（北京）');
});

test('a choice that was handed over is not taken back by the page that did not know it', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company('zhejiang'));
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  const county = page.getByLabel('县（区、旗）');
  await expect(county).toHaveValue(PLACES.zhejiang.county);
  const { arrive } = await holdSaves(registrant.context);
  const chosen = await county.evaluate((select, before) => {
    const options = [...(select as HTMLSelectElement).options].map((option) => option.value);
    return options.find((value) => value !== '' && value !== before) ?? '';
  }, PLACES.zhejiang.county);
  await county.selectOption(chosen);
  // Twice: the hand-over is awaited until it shows.
  await page.reload();
  await page.reload();
  await settled(page);
  await expect(county).toHaveValue(PLACES.zhejiang.county);
  arrive();
  await expect(county).toHaveValue(chosen);
  await page.getByLabel('备注').fill('改过县区');
  await page.getByLabel('备注').press('Tab');
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  await expect(county).toHaveValue(chosen);
  const { sponsor } = (await draft(registrant, id)).draft;
  expect([sponsor.county, sponsor.remark]).toEqual([chosen, '改过县区']);
});

test('what is typed before the hand-over shows stands beside it, and neither is lost', async ({ newcomer }) => {
  const { registrant, id, page, name, arrive } = await reloadedTooEarly(await newcomer(), '先写的有限公司');
  await name.pressSequentially('后写的有限公司');
  arrive();
  await expect(page.getByRole('cell', { name: '先写的有限公司' })).toBeVisible();
  await expect(name).toHaveValue('后写的有限公司');
  await page.getByRole('button', { name: '保留本页内容' }).click();
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.name).toBe('后写的有限公司');
});

test('what was handed over and not taken is told on the next page', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await registrant.context.route('**/api/filings/save_sponsor', (route) => route.fulfill({ status: 429, body: '{}' }));
  const name = page.getByLabel('主办单位名称');
  await name.pressSequentially('没有送到的有限公司');
  await page.reload();
  await settled(page);
  await expect(page.getByText('没有送到服务器')).toBeVisible();
  await registrant.context.unroute('**/api/filings/save_sponsor');
  await name.fill('重新写下的有限公司');
  await name.press('Tab');
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  await expect(page.getByText('没有送到服务器')).toHaveCount(0);
  expect((await draft(registrant, id)).draft.sponsor.name).toBe('重新写下的有限公司');
  // It is told once.
  await page.reload();
  await settled(page);
  await expect(name).toHaveValue('重新写下的有限公司');
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('what follows from an answer is kept as it is shown: a city has none of the counties before', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company('zhejiang'));
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  const [city, county] = [page.getByLabel('市（地区、州、盟）'), page.getByLabel('县（区、旗）')];
  await expect(county).toHaveValue(PLACES.zhejiang.county);
  await page.route('**/api/filings/divisions*', (route) => route.fulfill({ status: 429 }), { times: 1 });
  await city.selectOption('330200');
  await expect(county).toHaveValue('');
  await expect(county).toContainText('没有取到列表，请重新选择上一项');
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.county).toBe('');
  await city.selectOption('330300');
  await expect(county.locator('option', { hasText: '鹿城区' })).toHaveCount(1);
});

test('the task list that is gone to tells of what was typed last', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await page.route('**/api/filings/save_sponsor', async (route) => {
    await new Promise((done) => setTimeout(done, 500));
    await route.continue();
  });
  await page.getByLabel('主办单位名称').fill('');
  await page.locator(`.breadcrumb a[href="/filings/${id}"]`).click();
  await expect(page.getByText('已完成 2 部分，共 5 部分')).toBeVisible();
});

test('address and page agree however quickly one goes back and forth, and a late answer pulls nobody back', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}`);
  await page.locator(`a[href="/filings/${id}/sponsor"]`).first().click();
  await expect(page.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  const tasks = page.waitForResponse((answer) => new URL(answer.url()).pathname === `/filings/${id}`);
  await page.evaluate(async () => {
    history.back();
    await new Promise((done) => setTimeout(done, 20));
    history.forward();
  });
  await (await tasks).finished();
  await expect(page).toHaveURL(`/filings/${id}/sponsor`);
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  await page.route('**/api/filings/save_sponsor', async (route) => {
    await new Promise((done) => setTimeout(done, 1000));
    await route.continue();
  });
  const saved = page.waitForResponse('**/api/filings/save_sponsor');
  await page.getByRole('button', { name: '保存并继续' }).click();
  await page.getByRole('link', { name: '修改密码' }).click();
  await expect(page).toHaveURL('/account/password');
  await (await saved).finished();
  await page.getByLabel('新密码', { exact: true }).fill('typed after the answer came');
  await expect(page).toHaveURL('/account/password');
});
