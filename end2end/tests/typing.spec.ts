import { expect, hydrated, settled } from '../fixtures';
import { company, PLACES } from '../steps/answers';
import { begin, draft, fillIn } from '../steps/filing';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

test('what is typed before the script has come stays, and is kept', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/filings/${id}/sponsor`, { waitUntil: 'commit' });
  const name = page.getByLabel('主办单位名称');
  await name.fill('先写后到的名称有限公司');
  await page.getByLabel('备注').fill('在脚本到来之前写下的\n两行备注');
  await page.getByLabel('主办单位性质').selectOption('4');
  await expect(page.locator('body[data-hydrated]')).toHaveCount(0);
  release();
  await hydrated(page);
  await expect(name).toHaveValue('先写后到的名称有限公司');
  await expect(page.getByLabel('主办单位性质')).toHaveValue('4');
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor).toMatchObject({
    name: '先写后到的名称有限公司',
    remark: '在脚本到来之前写下的\n两行备注',
    nature: '4',
  });
  // The lists that follow from an answer follow from those too.
  await expect(page.getByLabel('主办单位证件类型').locator('option', { hasText: '营业执照' })).toHaveCount(1);
});

test.describe('a lost connection', () => {
  test.use({ expected: [/ERR_INTERNET_DISCONNECTED/] });

  test('leaves the typed text on the page and sends it when it is back', async ({ newcomer }) => {
    const registrant = await newcomer();
    const id = await begin(registrant);
    const page = await registrant.context.newPage();
    await open(page, `/filings/${id}/sponsor`);
    await registrant.context.setOffline(true);
    await page.getByLabel('主办单位名称').fill('断线时写下的名称有限公司');
    await page.getByLabel('主办单位名称').press('Tab');
    await expect(page.getByText('连接已断开。您填写的内容已加密保存在本设备上')).toBeVisible();
    await page.getByLabel('证件住所').fill('断线时写下的住所');
    await expect(page.getByLabel('主办单位名称')).toHaveValue('断线时写下的名称有限公司');
    await registrant.context.setOffline(false);
    await expect(page.getByText('连接已恢复，内容已保存。')).toBeVisible();
    await expect.poll(async () => (await draft(registrant, id)).draft.sponsor).toMatchObject({
      name: '断线时写下的名称有限公司',
      certificate_address: '断线时写下的住所',
    });
  });
});

test('a second window does not overwrite the first; both answers are shown to choose from', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const [first, second] = [await registrant.context.newPage(), await registrant.context.newPage()];
  await open(first, `/filings/${id}/sponsor`);
  await open(second, `/filings/${id}/sponsor`);
  await first.getByLabel('主办单位名称').fill('第一个窗口写的有限公司');
  await first.getByLabel('主办单位名称').press('Tab');
  await expect(first.getByText('已保存', { exact: true })).toBeVisible();
  await second.getByLabel('主办单位名称').fill('第二个窗口写的有限公司');
  await second.getByLabel('主办单位名称').press('Tab');
  await expect(second.getByRole('alert').filter({ hasText: '这一页在另一个窗口被修改过' })).toBeVisible();
  expect((await draft(registrant, id)).draft.sponsor.name).toBe('第一个窗口写的有限公司');
  await expect(second.getByLabel('主办单位名称')).toHaveValue('第二个窗口写的有限公司');
  await expect(second.getByRole('cell', { name: '第一个窗口写的有限公司' })).toBeVisible();
  await second.getByRole('button', { name: '保留本页内容' }).click();
  await expect.poll(async () => (await draft(registrant, id)).draft.sponsor.name).toBe('第二个窗口写的有限公司');
});

test('problems appear when a field is left, in words that say what to do', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await page.getByLabel('负责人证件类型').selectOption('2');
  const number = page.getByLabel('负责人证件号码');
  await number.fill('110101190001010010');
  await number.press('Tab');
  await expect(number).toHaveAttribute('aria-invalid', 'true');
  await expect(number).toHaveAccessibleDescription(/证件号码校验位不符，请对照证件逐位核对/);
});

test('the place of the servers follows from the addresses, and nothing moves when it is proposed', async ({ newcomer }) => {
  const registrant = await newcomer();
  const answers = company();
  const id = await fillIn(registrant, answers);
  const page = await registrant.context.newPage();
  await page.goto(`/filings/${id}/sites/1/accesses/1`);
  await settled(page);
  const places = page.getByRole('group', { name: '服务器放置地' });
  const chosen = places.locator(`input[value="${PLACES[answers.place].location}"]`);
  await chosen.uncheck();
  const addresses = page.getByLabel('网站 IP 地址');
  const typed = await addresses.inputValue();
  await addresses.fill('');
  await addresses.press('Tab');
  await expect(page.getByText('这里会给出服务器放置地')).toBeVisible();
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await addresses.fill('');
    await addresses.press('Tab');
    await expect(page.getByText('这里会给出服务器放置地')).toBeVisible();
    const room = () => page.locator('.proposal').evaluate((place) => place.getBoundingClientRect().height);
    const before = await room();
    await addresses.fill(`${typed}，`);
    await addresses.press('Tab');
    await expect(page.getByText('服务器放置地应为')).toBeVisible();
    expect(await room(), `at ${width} px`).toBe(before);
  }
  await page.getByRole('button', { name: '采用' }).click();
  await expect(chosen).toBeChecked();
});

test('what is missing is one click away from its place, a material too', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/review`);
  await page.getByRole('link', { name: /域名证书/ }).click();
  const card = page.locator('article.material').filter({ has: page.getByRole('heading', { name: '域名证书' }) });
  await expect(card).toBeFocused();
  await expect(card).toBeInViewport();
  await page.reload();
  await settled(page);
  await expect(card).toBeFocused();
});

test('whoever signs out is not asked for in vain', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}`);
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 401) refused.push(response.url());
  });
  await page.getByRole('button', { name: '退出' }).first().click();
  await expect(page).toHaveURL('/');
  await page.waitForLoadState('networkidle');
  expect(refused).toEqual([]);
});
