import { expect, settled } from '../fixtures';
import { PASSWORD } from '../steps/accounts';
import { test } from '../steps/test';
import { declareAndSubmit, goOn, uploadMaterials } from '../steps/wizard';

test('the demo leads a registrant to its page and back, and to a filing that lacks only materials', async ({ page }) => {
  test.setTimeout(90_000);
  await page.goto('/demo');
  await page.locator('#walk').getByRole('link', { name: '去登录' }).first().click();
  await settled(page);
  await page.getByRole('radio', { name: '网站主办者' }).check();
  await page.getByLabel('用户名', { exact: true }).fill('lin-yuqing');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page).toHaveURL('/demo#sample');
  await page.getByRole('button', { name: '以这组答案开始填报' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await settled(page);
  await page.getByRole('link', { name: '主体信息' }).first().click();
  const name = await page.getByLabel('主办单位名称').inputValue();
  expect(name).toMatch(/.新.+公司$/);
  await goOn(page, '网站信息');
  await goOn(page, '接入信息');
  await goOn(page, '备案材料');
  await uploadMaterials(page);
  await page.getByRole('link', { name: '下一步：核对并提交' }).click();
  await declareAndSubmit(page);
  await page.goto('/demo');
  // What was handed in is nobody's to begin with any more. (Which set stands before it is for whoever handed in last.)
  await expect(page.locator('#sample').getByText('上一组：')).toBeVisible();
  await expect(page.locator('#sample dd', { hasText: name })).toHaveCount(0);
});

test.describe('somebody who is not a registrant', () => {
  test.use({ expected: [/status of 40[13]/] });

  test('is told to sign in as one', async ({ staff, stranger }) => {
    const clerk = await (await staff('yunshang-clerk')).context.newPage();
    await clerk.goto('/demo');
    await clerk.getByRole('button', { name: '以这组答案开始填报' }).click();
    await expect(clerk.getByRole('heading', { level: 1, name: '没有权限' })).toBeVisible();
    const nobody = await (await stranger()).context.newPage();
    await nobody.goto('/demo');
    await nobody.getByRole('button', { name: '以这组答案开始填报' }).click();
    await expect(nobody.getByRole('main').getByRole('link', { name: '用户登录' })).toBeVisible();
  });
});
