import { expect } from '../fixtures';
import { company, furtherAddress, siteForm } from '../steps/answers';
import { act, approveAtDoor, openVerdict, passAtDoor, refuseAtDoor } from '../steps/desk';
import { handIn, save, status, submit } from '../steps/filing';
import { challenges, confirmAtDoor } from '../steps/sms';
import { test } from '../steps/test';

test('Beijing: the persons in charge confirm before the review begins', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing', 2);
  for (const site of answers.sites) site.further = [furtherAddress('beijing')];
  const persons = await stranger();
  const [challenge] = await challenges(persons, 1);
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('yunshang-clerk'), id);
  expect(await status(registrant, id)).toBe('sms_pending');
  const reviewer = await staff('beijing-reviewer-1');
  const early = await reviewer.post('reviews/claim', { id, seq: '0', retry_key: crypto.randomUUID(), place: 'waiting.1' });
  expect(early.ok(), 'nothing to review yet').toBe(false);
  await confirmAtDoor(persons, challenge!, answers.person);
  expect(await status(registrant, id)).toBe('bureau_review');
  await approveAtDoor(reviewer, id);
  expect(await status(registrant, id)).toBe('approved');
});

test('Zhejiang: the review begins at once, and the approval waits for the confirmation', async ({ newcomer, staff, stranger }) => {
  const answers = company('zhejiang');
  const persons = await stranger();
  const [challenge] = await challenges(persons, 1);
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('hengtong-clerk'), id);
  expect(await status(registrant, id)).toBe('bureau_review');

  const reviewer = await staff('zhejiang-reviewer-1');
  await act(reviewer, id, 'claim');
  const page = await reviewer.context.newPage();
  await page.goto(`/bureau/cases/${id}`);
  await expect(page.locator('#do-approve')).toContainText('负责人尚未完成短信核验。');
  await expect(page.getByRole('button', { name: '审核通过' })).toBeDisabled();
  await expect(page.getByText('未核验').first()).toBeVisible();

  await confirmAtDoor(persons, challenge!, answers.person);
  await expect(page.locator('details#do-approve')).toBeVisible();
  await openVerdict(page, 'approve');
  await page.getByRole('button', { name: '审核通过' }).click();
  await expect(page.getByText('上一件已办理：审核通过')).toBeVisible();
  expect(await status(registrant, id)).toBe('approved');
});

test('Zhejiang: what the bureau refused goes through the provider again', async ({ newcomer, staff, stranger }) => {
  const answers = company('zhejiang');
  const persons = await stranger();
  const [challenge] = await challenges(persons, 1);
  const registrant = await newcomer();
  const clerk = await staff('hengtong-clerk');
  const id = await handIn(registrant, answers);
  await passAtDoor(clerk, id);
  await confirmAtDoor(persons, challenge!, answers.person);
  await refuseAtDoor(await staff('zhejiang-reviewer-1'), id, [{ section: 'site-1', field: 'name', words: '名称不规范', suggestion: '' }]);
  expect(await status(registrant, id)).toBe('bureau_refused');
  answers.sites[0]!.name = '远山书香企业官网';
  await save(registrant, id, 'site-1', siteForm(answers, answers.sites[0]!));
  await submit(registrant, id, 'resubmit');
  expect(await status(registrant, id)).toBe('provider_review');
});
