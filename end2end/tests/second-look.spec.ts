// Two review in Jiangsu 复审, and a department may be asked before a number is issued 前置审批.

import { randomUUID } from 'node:crypto';
import { expect, settled } from '../fixtures';
import { company, type Answers } from '../steps/answers';
import { act, approveAtDoor, claim, openVerdict, passAtDoor, type Case } from '../steps/desk';
import type { Doors } from '../steps/doors';
import { handIn, status } from '../steps/filing';
import { challenges, confirmAtDoor } from '../steps/sms';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

type Cast = { registrant: Doors; clerk: Doors; persons: Doors };

/** A filing of Jiangsu, at its bureau. */
async function atBureau({ registrant, clerk, persons }: Cast, answers: Answers): Promise<string> {
  const [challenge] = await challenges(persons, 1);
  const id = await handIn(registrant, answers);
  await passAtDoor(clerk, id, ['sponsor']);
  await confirmAtDoor(persons, challenge!, answers.person);
  return id;
}

/** What a door answers to a click at the version that stands now. */
async function tried(doors: Doors, id: string, verb: string, seq: number, form: Record<string, string> = {}): Promise<number> {
  const fields = { id, seq: String(seq), retry_key: randomUUID(), place: 'waiting.1', form };
  return (await doors.post(`reviews/${verb}`, fields)).status();
}

async function seqOf(doors: Doors, id: string): Promise<number> {
  return (await doors.read<Case>('reviews/case', { id })).case.progress.seq;
}

test('an approval is a proposal until another person confirms it: sent back, taken back, confirmed', async ({ newcomer, staff, stranger }) => {
  const answers = company('jiangsu');
  const registrant = await newcomer();
  const clerk = await staff('hengtong-clerk');
  const id = await atBureau({ registrant, clerk, persons: await stranger() }, answers);
  const [first, second] = [await staff('jiangsu-reviewer-1'), await staff('jiangsu-reviewer-2')];

  const mine = await first.context.newPage();
  await mine.goto(`/bureau/cases/${id}`);
  await settled(mine);
  await claim(mine);
  await mine.keyboard.press('p');
  const verdict = mine.locator('#do-approve');
  await expect(verdict).toHaveAttribute('open', '');
  await expect(verdict).toContainText('本省须两人审核');
  await verdict.getByLabel('意见说明（选填）').fill('证照与填报一致');
  await verdict.getByRole('button', { name: '初审通过，提请复审' }).click();
  await expect(mine.getByText('上一件已办理：提请复审')).toBeVisible();
  expect(await status(registrant, id)).toBe('bureau_review');

  // The registrant is told where it is, and not by whom.
  const theirs = await registrant.context.newPage();
  await open(theirs, `/filings/${id}/progress`);
  await expect(theirs.getByText('复审中：')).toBeVisible();
  for (const inner of ['程远', '顾宁', '证照与填报一致', '审核通过']) await expect(theirs.getByText(inner)).toHaveCount(0);

  // Who proposed it is offered nothing but to take it back, and a request made by hand gets no further.
  await mine.goto(`/bureau/cases/${id}`);
  await settled(mine);
  await expect(mine.getByText(/^您已于 .* 初审通过，等待复审$/)).toBeVisible();
  await expect(mine.locator('.verdict')).toHaveCount(1);
  await expect(mine.locator('#do-retract')).toBeVisible();
  const seq = await seqOf(first, id);
  for (const verb of ['approve', 'claim', 'refuse', 'stop', 'hold', 'send_back']) {
    const form = { code: '20', words: '自己复审', granted: 'yes', department: '文化和旅游厅' };
    expect(await tried(first, id, verb, seq, form), verb).toBeGreaterThanOrEqual(400);
  }
  expect(await tried(await staff('beijing-reviewer-1'), id, 'approve', seq, { code: '20' })).toBe(404);
  expect(await tried(clerk, id, 'approve', seq, { code: '20' })).toBe(403);
  expect(await tried(registrant, id, 'retract', seq)).toBe(403);
  expect(await seqOf(first, id)).toBe(seq);

  // The second reviewer finds it in a list of its own, with name, time and opinion of the first.
  const hers = await second.context.newPage();
  await hers.goto('/bureau?list=second_look');
  await settled(hers);
  await expect(hers.locator('.counts a[aria-current="page"]')).toContainText('待复审');
  const row = hers.getByRole('row').filter({ hasText: answers.name });
  await expect(row.getByText('待复审', { exact: true })).toBeVisible();
  await row.getByRole('link').click();
  await expect(hers.getByText(/^程远 已于 .* 初审通过，等待复审$/)).toBeVisible();
  await expect(hers.locator('#case-notices').getByText('证照与填报一致')).toBeVisible();
  await hers.keyboard.press('c');
  await expect(hers.getByText('由我办理', { exact: true })).toBeVisible();
  // The only colleague is the first reviewer: there is nobody to hand it to.
  await expect(hers.getByText('没有可以接手的同事')).toBeVisible();
  await openVerdict(hers, 'send_back');
  const back = hers.locator('#do-send_back');
  await back.getByRole('button', { name: '复审退回' }).click();
  await expect(back.getByText(/请填写此项|须说明理由/).first()).toBeVisible();
  await back.getByLabel('意见说明').fill('请核对营业执照有效期');
  await back.getByRole('button', { name: '复审退回' }).click();
  await expect(hers.getByText('上一件已办理：复审退回')).toBeVisible();

  // Live, the first one's page turns: the case is theirs again, with the reason.
  await expect(mine.getByText('由我办理', { exact: true })).toBeVisible();
  await expect(mine.getByText('请核对营业执照有效期')).toBeVisible();
  await expect(theirs.getByText('复审中：')).toHaveCount(0);
  await approveAtDoor(first, id);
  await expect(mine.locator('#do-retract')).toBeVisible();
  await openVerdict(mine, 'retract');
  await mine.locator('#do-retract').getByRole('button', { name: '撤回初审' }).click();
  await expect(mine.getByText('已办理：撤回初审')).toBeVisible();
  expect(await tried(second, id, 'approve', await seqOf(second, id), { code: '20' }), 'it is at hand elsewhere').toBeGreaterThanOrEqual(400);
  await approveAtDoor(first, id);

  await hers.goto(`/bureau/cases/${id}`);
  await settled(hers);
  await claim(hers);
  await openVerdict(hers, 'approve');
  await hers.locator('#do-approve').getByRole('button', { name: '复审通过' }).click();
  await expect(hers.getByText('上一件已办理：审核通过')).toBeVisible();
  expect(await status(registrant, id)).toBe('approved');
});

test('a department is asked, the deadline says what it does meanwhile, and a no leads to its field', async ({ newcomer, staff, stranger }) => {
  const answers = company('jiangsu', 2);
  const registrant = await newcomer();
  const id = await atBureau({ registrant, clerk: await staff('hengtong-clerk'), persons: await stranger() }, answers);
  const reviewer = await staff('jiangsu-reviewer-1');
  const page = await reviewer.context.newPage();
  await page.goto(`/bureau/cases/${id}`);
  await settled(page);
  await claim(page);
  await openVerdict(page, 'hold');
  const hold = page.locator('#do-hold');
  await expect(hold).toContainText('办理期限继续计算');
  await hold.getByRole('button', { name: '转前置审批' }).click();
  await expect(hold.getByText('请填写此项').first()).toBeVisible();
  await hold.getByLabel('审批部门').fill('省文化和旅游厅');
  await hold.getByRole('button', { name: '转前置审批' }).click();
  await expect(page.getByText('上一件已办理：转前置审批')).toBeVisible();

  const theirs = await registrant.context.newPage();
  await open(theirs, `/filings/${id}/progress`);
  await expect(theirs.getByText(/^自 .* 起等待省文化和旅游厅的审批意见/)).toBeVisible();
  await open(theirs, '/filings');
  await expect(theirs.getByRole('row').filter({ hasText: answers.name }).getByText('前置审批中')).toBeVisible();

  await page.goto('/bureau?list=held');
  await settled(page);
  const row = page.getByRole('row').filter({ hasText: answers.name });
  await expect(row.getByText('前置审批中', { exact: true })).toBeVisible();
  await row.getByRole('link').click();
  await expect(page.locator('#case-notices')).toContainText('转省文化和旅游厅');
  await expect(page.locator('#case-notices')).toContainText('等待期间办理期限继续计算');
  await expect(page.locator('#do-approve')).toContainText('前置审批部门尚未答复');

  await openVerdict(page, 'resume');
  const answer = page.locator('#do-resume');
  const record = answer.getByRole('button', { name: '登记前置审批结果' });
  await record.click();
  await expect(answer.getByText('请填写此项').first()).toBeVisible();
  await answer.getByRole('radio', { name: '不同意', exact: true }).check();
  await answer.getByLabel('审批日期').fill('2099-01-01');
  await answer.getByLabel('意见说明（选填）').fill('未取得网络文化经营许可');
  await record.click();
  await expect(answer.getByText(/至今天（.*）之间的日期/).first()).toBeVisible();
  await answer.getByLabel('审批日期').fill('2026-01-05');
  await record.click();
  await expect(answer.getByText('请填写此项').first()).toBeVisible();
  expect(await status(registrant, id), 'which site is not said yet').toBe('bureau_review');
  await answer.getByRole('checkbox', { name: answers.sites[1]!.domain }).check();
  await record.click();
  await expect(page.getByText('已办理：登记前置审批结果')).toBeVisible();
  expect(await status(registrant, id)).toBe('bureau_refused');

  await open(theirs, `/filings/${id}`);
  await expect(theirs.getByText('审批部门：省文化和旅游厅')).toBeVisible();
  await expect(theirs.getByText('审批结果：不同意，2026-01-05')).toBeVisible();
  await open(theirs, `/filings/${id}/sites/2`);
  await expect(theirs.getByText('审核意见：未取得网络文化经营许可')).toBeVisible();
  await open(theirs, `/filings/${id}/sites/1`);
  await expect(theirs.getByText('审核意见：')).toHaveCount(0);
});

test('Beijing: the clock stands still while a department is asked, and a yes lets the review go on', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing');
  const registrant = await newcomer();
  const id = await atBureau({ registrant, clerk: await staff('yunshang-clerk'), persons: await stranger() }, answers);
  const reviewer = await staff('beijing-reviewer-1');
  await act(reviewer, id, 'hold', { form: { department: '市新闻出版局' } });
  const page = await reviewer.context.newPage();
  await page.goto(`/bureau/cases/${id}`);
  await settled(page);
  await expect(page.locator('#case-notices')).toContainText('等待期间办理期限暂停计算');
  await expect(page.locator('.sheet-bar')).toContainText('计时暂停');
  const theirs = await registrant.context.newPage();
  await open(theirs, `/filings/${id}/progress`);
  await expect(theirs.getByText('计时暂停，收到答复后继续计算')).toBeVisible();
  await act(reviewer, id, 'resume', { form: { granted: 'yes', approval_number: '京新出〔2026〕18号', approval_date: '2026-01-05' } });
  await expect(page.locator('.sheet-bar')).not.toContainText('计时暂停');
  await expect(page.getByText('批准文号：京新出〔2026〕18号')).toBeVisible();
  await expect(theirs.getByText('前置审批中')).toHaveCount(0);
});
