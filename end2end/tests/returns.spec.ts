import { expect, settled } from '../fixtures';
import { company } from '../steps/answers';
import { approveAtDoor, passAtDoor, refuseAtDoor, returnAtDoor } from '../steps/desk';
import { begin, draft, fillIn, handIn, status, submit } from '../steps/filing';
import { challenges, confirmAtDoor, confirmation, untilReady } from '../steps/sms';
import { codeTo, messagesTo } from '../steps/messages';
import { test } from '../steps/test';
import { declareAndSubmit, open } from '../steps/wizard';

test('the bureau of Beijing refuses, and the corrected filing goes straight back to it', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing');
  const persons = await stranger();
  const [challenge] = await challenges(persons, 1);
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('yunshang-clerk'), id);
  await confirmAtDoor(persons, challenge!, answers.person);
  const reviewer = await staff('beijing-reviewer-1');
  await refuseAtDoor(reviewer, id, [{ section: 'site-1', field: 'name', words: '网站名称与内容不符', suggestion: '请使用能反映主办者的名称' }]);

  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sites/1`);
  await expect(page.getByText('审核意见：网站名称与内容不符')).toBeVisible();
  await page.getByLabel('网站名称', { exact: true }).fill('松风清泉企业官网');
  await page.getByRole('button', { name: '保存，稍后再填' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await open(page, `/filings/${id}/review`);
  await declareAndSubmit(page, '修改完毕，再次提交');
  expect(await status(registrant, id)).toBe('bureau_review');
  await approveAtDoor(reviewer, id);
  expect(await status(registrant, id)).toBe('approved');
});

test('a withdrawn filing keeps its answers, and a discarded one is gone', async ({ newcomer }) => {
  const answers = company();
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/progress`);
  await page.getByRole('link', { name: '撤回备案' }).click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  expect(await status(registrant, id)).toBe('draft');
  expect((await draft(registrant, id)).draft.sponsor.name).toBe(answers.name);

  await page.getByRole('link', { name: '删除这份备案' }).click();
  await page.getByRole('link', { name: '不，返回' }).click();
  await open(page, `/filings/${id}/discard`);
  await page.getByRole('button', { name: '确认删除' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '我的备案' })).toBeVisible();
  expect(await status(registrant, id)).toBe('discarded');
  await page.goto(`/filings/${id}/sponsor`);
  await settled(page);
  await expect(page.getByText(answers.name)).toHaveCount(0);
});

test('a draft found again asks whether to continue or to delete it', async ({ newcomer, newContext }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  const kept = (await registrant.context.storageState()).cookies.filter((cookie) => cookie.name === '__Host-session');
  const context = await newContext({ storageState: { cookies: kept, origins: [] } });
  const page = await context.newPage();
  await open(page, `/filings/${id}/sponsor`);
  await expect(page.getByRole('heading', { level: 1, name: '您有一份没有完成的备案' })).toBeVisible();
  await page.getByRole('button', { name: '继续填写' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
});

test('the fifth answer with wrong digits ends the round, and the filing comes back', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing');
  const persons = await stranger();
  const tries = await challenges(persons, 5);
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('yunshang-clerk'), id);
  const code = await codeTo(persons, answers.person.mobile);
  await untilReady(tries[4]!);
  const wrong = answers.person.identity.slice(-6) === '000000' ? '111111' : '000000';
  for (const [at, challenge] of tries.entries()) {
    expect(await status(registrant, id), `before try ${at + 1}`).toBe('sms_pending');
    const response = await persons.post('confirmations/confirm', { form: { ...confirmation(challenge, answers.person, code), last_six: wrong } });
    expect(response.ok()).toBe(false);
  }
  expect(await status(registrant, id)).toBe('sms_failed');
  await submit(registrant, id, 'resubmit');
  expect(await status(registrant, id)).toBe('sms_pending');
  const codes = await codeTo(persons, answers.person.mobile, '', 2);
  expect(codes).not.toBe(code);
});

test('a code sent again by hand holds, and the one before does not', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing');
  const persons = await stranger();
  const [forResend] = await challenges(persons, 1, 'resend');
  const [forOld, forNew] = await challenges(persons, 2);
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('yunshang-clerk'), id);
  const old = await codeTo(persons, answers.person.mobile);
  await untilReady(forNew!);
  const resend = { mobile: answers.person.mobile, last_six: answers.person.identity.slice(-6), challenge: forResend!.id, captcha: '' };
  await persons.write('confirmations/resend', { form: resend });
  const fresh = await codeTo(persons, answers.person.mobile, '', 2);
  expect(fresh).not.toBe(old);
  const refused = await persons.post('confirmations/confirm', { form: confirmation(forOld!, answers.person, old) });
  expect(refused.ok()).toBe(false);
  await persons.write('confirmations/confirm', { form: confirmation(forNew!, answers.person, fresh) });
  expect(await status(registrant, id)).toBe('bureau_review');
  expect(await messagesTo(persons, answers.person.mobile)).toHaveLength(2);
});

test('a return at the doors carries every reason to its field', async ({ newcomer, staff }) => {
  const answers = company('zhejiang');
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await returnAtDoor(await staff('hengtong-clerk'), id, [
    { section: 'sponsor', field: 'person_mobile', words: '电话无人接听', suggestion: '' },
    { section: 'access-1-1', field: 'addresses', words: '地址不在服务范围内', suggestion: '' },
  ]);
  const page = await registrant.context.newPage();
  for (const [path, words] of [['sponsor', '电话无人接听'], ['sites/1/accesses/1', '地址不在服务范围内']] as const) {
    await open(page, `/filings/${id}/${path}`);
    await expect(page.getByText(`审核意见：${words}`)).toBeVisible();
  }
  await page.goto(`/filings/${id}`);
  await expect(page.getByText('须修改')).toHaveCount(2);
});

test('two filings of one account do not mix', async ({ newcomer }) => {
  const registrant = await newcomer();
  const first = await fillIn(registrant, company());
  const second = await begin(registrant);
  expect(second).not.toBe(first);
  expect((await draft(registrant, second)).draft.sites[0]!.form.domain).toBe('');
});
