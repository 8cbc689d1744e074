import { expect, type BrowserContext, type Page } from '@playwright/test';
import { settled } from '../fixtures';
import { Doors } from './doors';
import { codeTo } from './messages';
import { accountMobile, word } from './numbers';

/** The password of every demo account, and of those that tests register. */
export const PASSWORD = 'Beian-Demo-2026';

/** An account of the website sponsors. */
export type Registrant = { userName: string; contactName: string; mobile: string; email: string };

const CATEGORIES = { registrant: '网站主办者', provider: 'ICP报备（接入服务提供者）', bureau: '通信管理局' };
/** Whose account it is. */
export type Category = keyof typeof CATEGORIES;

/** The house that a demo account of staff works in. */
export function categoryOf(userName: string): Category {
  return /^(beijing|zhejiang|jiangsu)-/.test(userName) ? 'bureau' : 'provider';
}

/** Data of an account that nobody has yet. */
export function newcomer(): Registrant {
  const userName = `test-${word(10)}`;
  return { userName, contactName: '苏婉清', mobile: accountMobile(), email: `${userName}@post.example` };
}

/** Name, password and category typed into the box of the sign-in page. */
export async function signIn(page: Page, userName: string, category: Category = 'registrant', password = PASSWORD): Promise<void> {
  await page.goto('/sign-in');
  await settled(page);
  await page.getByRole('radio', { name: CATEGORIES[category] }).check();
  await page.getByLabel('用户名', { exact: true }).fill(userName);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

/** The code that an authenticator would show now, read on the demo's page. */
export async function liveCode(page: Page, userName: string): Promise<string> {
  await page.goto('/demo');
  const cell = page.getByRole('row').filter({ hasText: userName }).locator('.demo-codes');
  return (await cell.textContent())!.trim();
}

/** Staff signs in: password, then the digits of the authenticator. */
export async function signInStaff(page: Page, userName: string): Promise<void> {
  await signIn(page, userName, categoryOf(userName));
  await expect(page.getByRole('heading', { level: 1, name: '第二步验证' })).toBeVisible();
  const demo = await page.context().newPage();
  const desk = page.getByRole('heading', { level: 1, name: '工作台' });
  // A code works once: when this one was used a moment ago the next one is waited for.
  await expect(async () => {
    if (await desk.isVisible()) return;
    const code = await liveCode(demo, userName);
    await page.getByLabel('验证器上的 6 位数字').fill(code);
    await page.getByRole('button', { name: '验证并登录' }).click();
    await expect(desk.or(page.getByRole('alert')).first()).toBeVisible();
    expect(await desk.isVisible()).toBe(true);
  }).toPass({ intervals: [2000, 5000] });
  await demo.close();
}

/** Signs in at the door, without pages. */
export async function enter(doors: Doors, userName: string, category: Category = 'registrant'): Promise<void> {
  await doors.write('sessions/sign_in', { form: { category, user_name: userName, password: PASSWORD } });
  doors.userName = userName;
  if (category === 'registrant') return;
  await expect(async () => {
    const view = await doors.read<{ accounts: { user_name: string; code: [string, number] | null }[] }>('demo/view');
    const code = view.accounts.find((account) => account.user_name === userName)?.code?.[0] ?? '';
    const response = await doors.post('second_factor/prove', { form: { code } });
    expect(response.status(), await response.text()).toBe(200);
  }).toPass({ intervals: [3000, 6000] });
}

/** Registers and signs in at the doors: a registrant of the test's own. */
export async function enterAsNewcomer(context: BrowserContext, origin: string): Promise<Doors> {
  const doors = new Doors(context, origin);
  const who = newcomer();
  await doors.write('accounts/register', {
    form: {
      user_name: who.userName,
      contact_name: who.contactName,
      mobile: who.mobile,
      email: who.email,
      password: PASSWORD,
      password_repeat: PASSWORD,
      terms: 'accepted',
      lang: 'zh',
    },
  });
  await doors.write('accounts/confirm', {
    form: { user_name: who.userName, mobile_code: await codeTo(doors, who.mobile), email_code: await codeTo(doors, who.email) },
  });
  await enter(doors, who.userName);
  return doors;
}

/** An account that a provider's administrator makes, with the first password to hand over. */
export async function newClerk(admin: Doors): Promise<{ userName: string; first: string }> {
  const userName = `staff-${word(8)}`;
  const form = { user_name: userName, contact_name: '王芳', mobile: '13912345678', email: `${userName}@post.example`, role: 'provider_clerk' };
  const made = await admin.write('staff/create', { form });
  const handed = await admin.post('staff/hand_over', { id: made.split('/')[3]!.split('?')[0]! });
  return { userName, first: ((await handed.json()) as { password: string }).password };
}

/** Signs in with a first password and replaces it; answers the page that comes then, where the second step is set up. */
export async function replaceFirst(doors: Doors, userName: string, first: string): Promise<string> {
  await doors.write('sessions/sign_in', { form: { category: 'provider', user_name: userName, password: first } });
  const own = 'green-lantern-sails-7';
  return doors.write('staff/choose_password', { form: { token: '', new_password: own, repeat_password: own } });
}

/** Where a staff member's session is kept for the whole run: a code of the second factor works only once. */
export function kept(userName: string): string {
  return `.auth/${userName}.json`;
}

/** The staff of the demo that tests work as. */
export const STAFF = [
  'yunshang-clerk', 'yunshang-admin', 'hengtong-clerk', 'beijing-reviewer-1', 'beijing-admin', 'zhejiang-reviewer-1',
  'jiangsu-reviewer-1', 'jiangsu-reviewer-2',
] as const;
/** One of them. */
export type Staff = (typeof STAFF)[number];
