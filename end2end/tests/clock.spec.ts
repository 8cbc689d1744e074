// What needs the clock to be wound. One clock for the whole server, so these run after everything else, one by one.

import { expect } from '../fixtures';
import { categoryOf, enter } from '../steps/accounts';
import { company } from '../steps/answers';
import { compare, demoNames } from '../steps/compare';
import { passAtDoor } from '../steps/desk';
import type { Doors } from '../steps/doors';
import { draft, fillIn, handIn, status, submit } from '../steps/filing';
import { strings } from '../steps/languages';
import { codeTo, messagesTo } from '../steps/messages';
import { test } from '../steps/test';

test.describe.configure({ mode: 'serial' });

async function wind(doors: Doors, hours: number): Promise<void> {
  if (hours > 0) await doors.write('demo/wind', { hours: String(hours) });
}

async function beijingHour(doors: Doors): Promise<number> {
  const { now } = await doors.read<{ now: string }>('demo/view');
  return (new Date(now).getUTCHours() + 8) % 24;
}

/** In the afternoon, so that noon comes before a window of a day is over. */
async function windToAfternoon(doors: Doors): Promise<void> {
  const hour = await beijingHour(doors);
  await wind(doors, hour >= 13 && hour < 20 ? 0 : (14 - hour + 24) % 24);
}

test('the clock is wound on its page', async ({ stranger }) => {
  const doors = await stranger();
  const page = await doors.context.newPage();
  const before = await doors.read<{ wound_s: number }>('demo/view');
  await page.goto('/demo');
  await page.getByRole('button', { name: '拨快 60 分钟' }).click();
  await expect(page.getByText('时钟已拨快')).toBeVisible();
  const after = await doors.read<{ wound_s: number }>('demo/view');
  expect(after.wound_s - before.wound_s).toBe(3600);
});

test('who has not confirmed gets the code again at noon; after a day the round fails; a second one that fails stops the filing', async ({
  newcomer,
  stranger,
}) => {
  const persons = await stranger();
  await windToAfternoon(persons);
  const answers = company('beijing');
  const registrant = await newcomer();
  const clerk = await stranger();
  await enter(clerk, 'yunshang-clerk', categoryOf('yunshang-clerk'));
  const id = await handIn(registrant, answers);
  await passAtDoor(clerk, id);
  const first = await codeTo(persons, answers.person.mobile);
  expect(await messagesTo(persons, answers.person.mobile)).toHaveLength(1);

  await wind(persons, 36 - (await beijingHour(persons)));
  const second = await codeTo(persons, answers.person.mobile, '', 2);
  expect(second).not.toBe(first);
  await enter(registrant, registrant.userName);
  expect(await status(registrant, id)).toBe('sms_pending');

  await wind(persons, 24);
  await enter(registrant, registrant.userName);
  await expect.poll(() => status(registrant, id)).toBe('sms_failed');
  const page = await registrant.context.newPage();
  await page.goto(`/filings/${id}`);
  await expect(page.getByText('短信核验未通过。未修改任何信息而再次提交，将重新进行短信核验')).toBeVisible();
  await submit(registrant, id, 'resubmit');
  expect(await status(registrant, id)).toBe('sms_pending');
  await codeTo(persons, answers.person.mobile, '', 3);

  await wind(persons, 25);
  await enter(registrant, registrant.userName);
  await expect.poll(() => status(registrant, id)).toBe('stopped');
});

test('who leaves a draft is reminded before it expires, and goes on with its answers after', async ({ newcomer, stranger }) => {
  const anybody = await stranger();
  const answers = company('beijing');
  const registrant = await newcomer();
  const email = `${registrant.userName}@post.example`;
  const id = await fillIn(registrant, answers);
  const page = await registrant.context.newPage();
  await page.goto(`/filings/${id}/progress`);
  const expiry = await page.getByText(/^如不处理，将于 .* 过期$/).textContent();

  const reminded = async () => (await messagesTo(anybody, email, 'filing_expiring_draft')).length;
  await wind(anybody, 15 * 24 + 1);
  await expect.poll(reminded).toBe(1);
  await wind(anybody, 24 * 24);
  // Over the second and the third: the latest is told, and once.
  await expect.poll(reminded).toBe(2);
  await enter(registrant, registrant.userName);
  await page.goto('/account/inbox');
  await expect(page.getByText(`${answers.sites[0]!.domain} 的备案尚未提交，将于`).first()).toBeVisible();
  await page.goto(`/filings/${id}/progress`);
  await expect(page.getByText(expiry!)).toBeVisible();

  await wind(anybody, 7 * 24);
  await enter(registrant, registrant.userName);
  await expect.poll(() => status(registrant, id)).toBe('expired');
  expect(await reminded()).toBe(2);
  await page.goto(`/filings/${id}`);
  await expect(page.getByText('已过期').first()).toBeVisible();
  await expect(page.getByText(/^填写的内容保存至/)).toBeVisible();
  const names = [...strings([answers, await draft(registrant, id)]), ...(await demoNames(anybody)), registrant.userName];
  await compare(registrant, [`/filings/${id}`, `/filings/${id}/progress`, '/filings'], names, () => demoNames(anybody));
  await registrant.speak('zh');
  await page.reload();
  await page.getByRole('button', { name: '用原内容重新办理' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  const again = new URL(page.url()).pathname.split('/')[2]!;
  expect(again).not.toBe(id);
  expect((await draft(registrant, again)).draft.sponsor.name).toBe(answers.name);
});
