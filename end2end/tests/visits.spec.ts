import type { Page } from '@playwright/test';
import { expect, hydrated } from '../fixtures';
import { company } from '../steps/answers';
import { begin, draft, fillIn } from '../steps/filing';
import { png } from '../steps/pictures';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

type Marked = { mark?: number };
const mark = (page: Page) => page.evaluate(() => ((window as Marked).mark = 1));
const isMarked = (page: Page) => page.evaluate(() => (window as Marked).mark === 1);

test('with scripts nothing reloads: links, forms, and the way back and forth', async ({ newcomer }) => {
  const registrant = await newcomer();
  const answers = company();
  const id = await fillIn(registrant, answers);
  const page = await registrant.context.newPage();
  await open(page, '/filings');
  await mark(page);
  await page.getByRole('row').filter({ hasText: answers.name }).getByRole('link', { name: /^继续填写/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await expect(page).toHaveURL(`/filings/${id}`);
  await expect(page).toHaveTitle(/^首次备案 - /);
  await expect(page.locator('#main')).toBeFocused();
  await expect(page.getByText('已完成 3 部分，共 5 部分')).toBeVisible();
  await page.getByRole('link', { name: '主办单位与负责人' }).or(page.locator(`a[href="/filings/${id}/sponsor"]`)).first().click();
  await expect(page).toHaveURL(`/filings/${id}/sponsor`);
  await page.getByLabel('备注').fill('顺便说一句');
  await page.getByRole('button', { name: '保存并继续' }).click();
  await expect(page).toHaveURL(`/filings/${id}/sites/1`);
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.remark).toBe('顺便说一句');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  await expect(page.getByLabel('备注')).toHaveValue('顺便说一句');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  // To one's own account too: it is served by the same program.
  await page.getByRole('link', { name: '修改密码' }).click();
  await expect(page).toHaveURL('/account/password');
  expect(await isMarked(page)).toBe(true);
  await hydrated(page);
  // What is judged while typing is so on a page that was gone to.
  await page.getByLabel('新密码', { exact: true }).fill('x');
  await page.getByLabel('新密码', { exact: true }).press('Tab');
  await expect(page.getByLabel('新密码', { exact: true })).toHaveAttribute('aria-invalid', 'true');
});

test('what was typed right before a link is followed is kept', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await page.getByLabel('主办单位名称').fill('离开之前写下的有限公司');
  await page.locator(`.breadcrumb a[href="/filings/${id}"]`).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.name).toBe('离开之前写下的有限公司');
});

test('a file that was chosen stays while another one is sent, and what was sent is no longer chosen', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/materials`);
  await mark(page);
  const forms = page.locator('form[enctype="multipart/form-data"]');
  const [first, second] = [forms.nth(0), forms.nth(1)];
  await first.locator('input[type=file]').setInputFiles({ name: '第一份.png', mimeType: 'image/png', buffer: png() });
  await second.locator('input[type=file]').setInputFiles({ name: '第二份.png', mimeType: 'image/png', buffer: png() });
  await expect(first.getByRole('status')).toContainText('第一份.png');
  await first.locator('button').click();
  await expect(page.locator('.material-name', { hasText: '第一份.png' })).toBeVisible();
  await expect(first.getByRole('status')).toHaveCount(0);
  expect(await first.locator('input[type=file]').evaluate((input: HTMLInputElement) => input.files?.length)).toBe(0);
  await expect(second.getByRole('status')).toContainText('第二份.png');
  expect(await second.locator('input[type=file]').evaluate((input: HTMLInputElement) => input.files?.[0]?.name)).toBe('第二份.png');
  await second.locator('button').click();
  await expect(page.locator('.material-name')).toHaveCount(2);
  expect(await isMarked(page)).toBe(true);
});

test('a certificate without end is not asked for its end', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  const until = page.getByLabel('证件有效期止');
  await until.fill('2030-01-01');
  await page.getByLabel('长期有效').check();
  await expect(until).toBeDisabled();
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.person_certificate_until).toBe('long_term');
  await page.getByLabel('长期有效').uncheck();
  await expect(until).toBeEnabled();
  await expect(until).toHaveValue('2030-01-01');
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.person_certificate_until).toBe('2030-01-01');
});

test('what is no picture is said before it is sent', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/materials`);
  const form = page.locator('form[enctype="multipart/form-data"]').first();
  await form.locator('input[type=file]').setInputFiles({ name: '执照.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await expect(form.getByRole('alert')).toBeVisible();
});

test('whoever is signed out elsewhere is led to the sign-in by the next link', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}`);
  await registrant.context.clearCookies();
  await page.locator(`a[href="/filings/${id}/sponsor"]`).first().click();
  await expect(page).toHaveURL(/\/sign-in\?/);
});

test.describe('without a connection', () => {
  test.use({ expected: [/ERR_INTERNET_DISCONNECTED/] });

  test('a link says so and the page stays', async ({ newcomer }) => {
    const registrant = await newcomer();
    const id = await begin(registrant);
    const page = await registrant.context.newPage();
    await open(page, `/filings/${id}`);
    await registrant.context.setOffline(true);
    await page.locator(`a[href="/filings/${id}/sponsor"]`).first().click();
    await expect(page.getByRole('alert').filter({ hasText: '连接不上服务器' })).toBeInViewport();
    await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
    await registrant.context.setOffline(false);
    await page.locator(`a[href="/filings/${id}/sponsor"]`).first().click();
    await expect(page.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  });
});
