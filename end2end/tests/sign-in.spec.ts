import { expect } from '../fixtures';
import { PASSWORD, enterAsNewcomer } from '../steps/accounts';
import { Doors } from '../steps/doors';
import { test } from '../steps/test';

test('between password and second step nobody counts as signed in, and there is a way on and a way out', async ({ page }) => {
  await page.goto('/sign-in?category=provider&next=/provider?list=all');
  await expect(page.getByRole('radio', { name: 'ICP报备（接入服务提供者）' })).toBeChecked();
  await page.getByLabel('用户名', { exact: true }).fill('yunshang-clerk');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '第二步验证' })).toBeVisible();
  const accounts = page.getByRole('link', { name: '查看演示账号和验证码' });
  const [demo] = await Promise.all([page.waitForEvent('popup'), accounts.click()]);
  await expect(demo).toHaveURL('/demo');

  // Even where the desk is asked for: it leads to the sign-in, and that leads on.
  for (const path of ['/', '/sign-in', '/provider']) {
    await page.goto(path);
    await expect(page.getByText('用户 yunshang-clerk 尚未完成登录')).toBeVisible();
    await expect(page.getByText('您已登录')).toHaveCount(0);
    await expect(page.getByRole('link', { name: '进入工作台' })).toHaveCount(0);
    await expect(page.getByRole('button', { name: '退出系统' })).toBeVisible();
  }
  await page.getByRole('link', { name: '继续第二步验证' }).click();
  await expect(page).toHaveURL('/sign-in/second-factor?next=/provider');

  await page.goto('/');
  await page.getByRole('button', { name: '退出系统' }).click();
  await expect(page).toHaveURL('/sign-in?done=signed_out');
  await expect(page.getByText('您已退出系统。')).toBeVisible();
  await expect(page.getByLabel('用户名', { exact: true })).toBeVisible();
});

test('who is signed in may sign out at the sign-in page and sign in as another, to where the link led', async ({ page, baseURL }) => {
  const { userName } = await enterAsNewcomer(page.context(), baseURL!);
  await page.goto('/sign-in?category=bureau&next=/demo%23sample');
  await expect(page.getByText(`您已登录：${userName}`)).toBeVisible();
  await expect(page.getByRole('link', { name: '进入工作台' })).toBeVisible();
  await expect(page.getByText('请先登录')).toHaveCount(0);
  await page.getByRole('link', { name: '退出系统' }).click();
  await page.getByRole('link', { name: '不退出' }).click();
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('heading', { level: 1, name: '我的账号' })).toBeVisible();
  await page.goto('/sign-in?category=bureau&next=/demo%23sample');
  await page.getByRole('link', { name: '退出系统' }).click();
  await page.getByRole('button', { name: '退出并换一个账号登录' }).click();
  await expect(page).toHaveURL('/sign-in?category=bureau&next=/demo%23sample&done=signed_out');
  await expect(page.getByText('您已退出系统。')).toBeVisible();
  await expect(page.getByRole('radio', { name: '通信管理局' })).toBeChecked();
  await page.getByRole('radio', { name: '网站主办者' }).check();
  await page.getByLabel('用户名', { exact: true }).fill('lin-yuqing');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page).toHaveURL('/demo#sample');
});

test('no other category than the three is chosen, and signing out leads to no other site', async ({ page, baseURL }) => {
  await page.goto('/sign-in?category=anybody');
  await expect(page.getByRole('radio')).toHaveCount(3);
  await expect(page.getByRole('radio', { checked: true })).toHaveCount(0);
  const doors = new Doors(page.context(), baseURL!);
  expect(await doors.write('sessions/sign_out', { next: '/sign-in?done=signed_out' })).toBe('/sign-in?done=signed_out');
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/', '']) {
    expect(await doors.write('sessions/sign_out', { next }), next).toBe('/');
  }
});

test('a code of the second step that is wrong is told to work once only', async ({ page }) => {
  await page.goto('/sign-in?category=provider');
  await page.getByLabel('用户名', { exact: true }).fill('hengtong-admin');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByLabel('验证器上的 6 位数字').fill('000000');
  await page.getByRole('button', { name: '验证并登录' }).click();
  await expect(page.getByText('每个验证码只能用一次').first()).toBeVisible();
});
