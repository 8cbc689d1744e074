import { expect, settled } from '../fixtures';
import { PASSWORD } from '../steps/accounts';
import { passAtDoor } from '../steps/desk';
import { test } from '../steps/test';
import { declareAndSubmit, goOn } from '../steps/wizard';

test('the demo leads a registrant to its page and back, to a filing that lacks only the declarations, and on to its person', async ({
  page,
  staff,
}) => {
  test.setTimeout(90_000);
  await page.goto('/demo');
  await page.locator('#walk').getByRole('link', { name: '去登录' }).first().click();
  await settled(page);
  await page.getByRole('radio', { name: '网站主办者' }).check();
  await page.getByLabel('用户名', { exact: true }).fill('lin-yuqing');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page).toHaveURL('/demo#sample');
  await page.getByRole('button', { name: '以备好的答案开始填报' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await settled(page);
  const id = new URL(page.url()).pathname.split('/')[2];
  await page.getByRole('link', { name: '主体信息' }).first().click();
  const name = await page.getByLabel('主办单位名称').inputValue();
  const mobile = await page.getByLabel('手机号码（联系方式1）').inputValue();
  expect(name).toMatch(/.新.+公司$/);
  await goOn(page, '网站信息');
  await goOn(page, '接入信息');
  await goOn(page, '备案材料');
  await page.getByRole('link', { name: '下一步：核对并提交' }).click();
  await declareAndSubmit(page);

  // The person stands on the demo's page once the provider has passed the filing on, and not before.
  const awaited = page.locator('#awaited');
  await page.goto('/demo');
  await expect(awaited).toBeVisible();
  await expect(awaited).not.toContainText(mobile);
  await passAtDoor(await staff('yunshang-clerk'), id);
  await expect(async () => {
    await page.reload();
    const row = awaited.getByRole('row').filter({ hasText: mobile });
    await expect(row).toContainText(name);
    await expect(row).toContainText(/[0-9]{5}[0-9X]/);
  }).toPass();
});

test.describe('somebody who is not a registrant', () => {
  test.use({ expected: [/status of 40[13]/] });

  test('is told to sign in as one', async ({ staff, stranger }) => {
    const clerk = await (await staff('yunshang-clerk')).context.newPage();
    await clerk.goto('/demo');
    await clerk.getByRole('button', { name: '以备好的答案开始填报' }).click();
    await expect(clerk.getByRole('heading', { level: 1, name: '没有权限' })).toBeVisible();
    const nobody = await (await stranger()).context.newPage();
    await nobody.goto('/demo');
    await nobody.getByRole('button', { name: '以备好的答案开始填报' }).click();
    await expect(nobody.getByRole('main').getByRole('link', { name: '用户登录' })).toBeVisible();
  });
});
