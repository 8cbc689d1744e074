import { expect, settled } from '../fixtures';
import { PASSWORD } from '../steps/accounts';
import { passAtDoor } from '../steps/desk';
import { test } from '../steps/test';
import { declareAndSubmit, goOn } from '../steps/wizard';

test('the demo leads a registrant to its page and back, to a filing that lacks only the declarations, and on to its person', async ({
  page: demo,
  staff,
}) => {
  await demo.goto('/demo');
  const walk = demo.locator('#walk').getByRole('link');
  for (const [at, category] of [['0', '网站主办者'], ['1', 'ICP报备（接入服务提供者）'], ['3', '通信管理局']] as const) {
    await expect(walk.nth(Number(at))).toHaveAttribute('target', '_blank');
    const [tab] = await Promise.all([demo.waitForEvent('popup'), walk.nth(Number(at)).click()]);
    await expect(tab.getByRole('radio', { name: category })).toBeChecked();
    await tab.close();
  }
  await expect(demo).toHaveURL('/demo');
  // Nobody is offered what only a registrant may do: a link to sign in as one, and back, stands in its place.
  await expect(demo.locator('#begin-sample')).toHaveCount(0);
  const [page] = await Promise.all([demo.waitForEvent('popup'), walk.first().click()]);
  await settled(page);
  await expect(page.getByRole('radio', { name: '网站主办者' })).toBeChecked();
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

test('somebody who is not a registrant is told to sign in as one', async ({ staff, stranger }) => {
  const clerk = await (await staff('yunshang-clerk')).context.newPage();
  const nobody = await (await stranger()).context.newPage();
  for (const page of [clerk, nobody]) {
    await page.goto('/demo');
    await expect(page.getByRole('button', { name: '以备好的答案开始填报' })).toHaveCount(0);
    await expect(page.locator('#sample')).toContainText('须先以网站主办者（如 lin-yuqing）登录');
    await page.locator('#sample').getByRole('link', { name: '以网站主办者登录' }).click();
    await expect(page).toHaveURL('/sign-in?category=registrant&next=/demo%23sample');
  }
  await expect(clerk.getByRole('link', { name: '退出系统' })).toBeVisible();
  await expect(nobody.getByRole('radio', { name: '网站主办者' })).toBeChecked();
});
