import type { CDPSession, Page } from '@playwright/test';
import { expect, settled } from '../fixtures';
import { PASSWORD, categoryOf, signIn, signInStaff } from '../steps/accounts';
import { test } from '../steps/test';

const USER = 'hengtong-admin';

/** Gives the browser an authenticator that has its owner's fingerprint. */
async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, id: authenticatorId };
}

async function signOut(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: '退出系统' }).click();
  await page.getByRole('button', { name: '退出并换一个账号登录' }).click();
  await expect(page.getByText('您已退出系统。')).toBeVisible();
}

test('staff add a passkey, sign in with it and remove it', async ({ page, newContext }) => {
  const { cdp, id } = await authenticator(page);
  await signInStaff(page, USER);

  await page.goto('/account');
  await settled(page);
  await page.getByRole('link', { name: '管理 通行密钥' }).click();
  await expect(page.getByText('还没有通行密钥')).toBeVisible();
  const name = page.getByLabel('名称');
  await name.fill('办公电脑');
  await page.getByLabel('密码', { exact: true }).fill('not-the-password');
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByRole('alert')).toContainText('旧密码错误');
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '创建通行密钥：办公电脑' })).toBeVisible();

  // Whoever cancels reads so, and may try again.
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
  await page.getByRole('button', { name: '创建通行密钥' }).click();
  await expect(page.getByText('没有完成')).toBeVisible();
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });
  await page.getByRole('button', { name: '创建通行密钥' }).click();
  await expect(page.getByText('通行密钥已添加')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: '办公电脑' });
  await expect(row).toContainText('从未使用');
  await expect(page.getByRole('link', { name: '查看登录设备，退出其他登录' })).toBeVisible();
  await signOut(page);

  await signIn(page, USER, categoryOf(USER));
  await expect(page.getByRole('heading', { level: 1, name: '第二步验证' })).toBeVisible();
  await expect(page.getByLabel('验证器上的 6 位数字')).toBeVisible();
  // However often the page is drawn.
  for (let again = 0; again < 8; again += 1) {
    await page.reload();
    await expect(page.getByRole('button', { name: '用通行密钥登录' })).toBeVisible();
  }
  await page.getByRole('button', { name: '用通行密钥登录' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '工作台' })).toBeVisible();

  // Elsewhere, without this authenticator: nothing but the digits comes in, with scripts or without.
  const plain = await (await newContext({ javaScriptEnabled: false })).newPage();
  await signIn(plain, USER, categoryOf(USER));
  await expect(plain.getByRole('button', { name: '用通行密钥登录' })).toBeHidden();
  await expect(plain.getByText('此浏览器不支持通行密钥')).toBeVisible();
  await expect(plain.getByLabel('验证器上的 6 位数字')).toBeVisible();

  await page.goto('/account/passkeys');
  await settled(page);
  await expect(row).not.toContainText('从未使用');
  await row.getByRole('link', { name: '移除' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '移除通行密钥' })).toBeVisible();
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '移除' }).click();
  await expect(page.getByText('通行密钥已移除。')).toBeVisible();
  await expect(page.getByText('还没有通行密钥')).toBeVisible();
  await signOut(page);

  // Who has none is asked for the digits alone, on a page without any script.
  await signIn(page, USER, categoryOf(USER));
  await expect(page.getByLabel('验证器上的 6 位数字')).toBeVisible();
  await expect(page.getByRole('button', { name: '用通行密钥登录' })).toHaveCount(0);
  await expect(page.locator('script')).toHaveCount(0);
});

test('a registrant has no passkeys', async ({ newcomer }) => {
  const page = await (await newcomer()).context.newPage();
  await page.goto('/account');
  await expect(page.getByRole('link', { name: '通行密钥' })).toHaveCount(0);
  const answer = await page.request.get('/account/passkeys');
  expect(answer.status()).toBe(404);
});
