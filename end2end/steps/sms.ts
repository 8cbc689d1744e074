import { expect, type BrowserContext, type Page } from '@playwright/test';
import type { Person } from './answers';
import type { Doors } from './doors';
import { codeTo } from './messages';

/** A page of the SMS confirmation that takes the way without a picture, and when its form is answered at once. */
export type WaitingPage = { page: Page; ready: number };

/** Opens the page early: without a picture the answer takes a quarter of a minute, and the test does something else meanwhile. */
export async function openSms(context: BrowserContext, path = '/sms'): Promise<WaitingPage> {
  const page = await context.newPage();
  await page.goto(`${path}?captcha=wait`);
  await expect(page.getByText('已改用免看图验证')).toBeVisible();
  return { page, ready: Date.now() + 15_500 };
}

/** Waits until the form may be sent. */
export async function untilReady({ ready }: { ready: number }): Promise<void> {
  await expect.poll(() => Date.now(), { intervals: [250] }).toBeGreaterThan(ready);
}

/** Fills in the page as the person would, and sends it. */
export async function confirmOnPage(waiting: WaitingPage, person: Person, code: string): Promise<void> {
  const { page } = waiting;
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await page.getByLabel('手机号码（联系方式1）').fill(person.mobile);
  await page.getByLabel('证件号码后六位').fill(person.identity.slice(-6));
  await untilReady(waiting);
  await page.getByRole('button', { name: '提交', exact: true }).click();
}

/** A challenge of the way without a picture. */
export type Challenge = { id: string; ready: number };

/** Asks for challenges ahead of time. */
export async function challenges(doors: Doors, count: number, purpose = 'confirmation'): Promise<Challenge[]> {
  const out: Challenge[] = [];
  for (let at = 0; at < count; at += 1) {
    const response = await doors.post('captchas/make', { purpose, wait: 'true' });
    expect(response.status(), await response.text()).toBe(200);
    const { id } = (await response.json()) as { id: string };
    out.push({ id, ready: Date.now() + 15_500 });
  }
  return out;
}

/** What the page would send. */
export function confirmation(challenge: Challenge, person: Person, code: string): Record<string, string> {
  return { code, mobile: person.mobile, last_six: person.identity.slice(-6), challenge: challenge.id, captcha: '' };
}

/** Confirms with the newest code, through the door. */
export async function confirmAtDoor(doors: Doors, challenge: Challenge, person: Person): Promise<void> {
  const code = await codeTo(doors, person.mobile);
  await untilReady(challenge);
  await doors.write('confirmations/confirm', { form: confirmation(challenge, person, code) });
}
