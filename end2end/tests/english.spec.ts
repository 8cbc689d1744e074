import { expect, settled } from '../fixtures';
import { company, person, type Answers } from '../steps/answers';
import { approveAtDoor, passAtDoor, returnAtDoor, stopAtDoor } from '../steps/desk';
import { begin, draft, fillIn, handIn, save, uploadMissing } from '../steps/filing';
import { enter, newClerk, PASSWORD, replaceFirst } from '../steps/accounts';
import { codeTo } from '../steps/messages';
import { challenges, confirmation, untilReady } from '../steps/sms';
import { compare, demoNames } from '../steps/compare';
import { strings, texts, untranslated } from '../steps/languages';
import { ACCOUNT, ENTRANCES, LISTS, OFFICE, PUBLIC, STAFF_ACCOUNT, furtherPages } from '../steps/lists';
import type { Doors } from '../steps/doors';
import { test } from '../steps/test';

test.describe.configure({ mode: 'parallel' });
// Pages that are not there, or are somebody else's, say so with their status.
test.use({ expected: [/status of 4\d\d/] });

function namesOf(answers: Answers): string[] {
  return strings(answers);
}

test('what is Chinese, or the same in both languages, is found unless it is a name', () => {
  const found = (english: string, chinese = '') => untranslated([english], [chinese], ['张伟', 'lin-yuqing']).length;
  expect(found('提交')).toBe(1);
  expect(found('Submit：')).toBe(1);
  expect(found('Submit', 'Submit')).toBe(1);
  expect(found('Submit', '提交')).toBe(0);
  expect(found('张伟', '张伟')).toBe(0);
  expect(found('lin-yuqing', 'lin-yuqing')).toBe(0);
  expect(found('ENFD-YCMN-OVVV-XNRR-UDKL-DWBT', 'ENFD-YCMN-OVVV-XNRR-UDKL-DWBT'), 'a recovery code that happens to have no digit').toBe(0);
  expect(found('京ICP备2026000001号-1', '京ICP备2026000001号-1')).toBe(0);
  expect(found('Hangzhou 杭州市')).toBe(0);
  expect(found('Xihu District, Hangzhou, Zhejiang 浙江省杭州市西湖区')).toBe(0);
  expect(found('杭州市')).toBe(1);
  expect(found('Hangzhou 请选择')).toBe(1);
});

test('public pages and entrances are English in English', async ({ stranger }) => {
  const doors = await stranger();
  await compare(doors, [...PUBLIC, ...ENTRANCES, ...(await furtherPages(doors)), '/not-there', '/records/none'], await demoNames(doors), () => demoNames(doors));
});

test("a registrant's pages are English in English", async ({ newcomer, staff }) => {
  const registrant = await newcomer();
  const [empty, full, sent, returned] = [company(), company('zhejiang'), company(), company()];
  const ids = { empty: await begin(registrant), full: await fillIn(registrant, full), sent: await handIn(registrant, sent), returned: await handIn(registrant, returned) };
  await returnAtDoor(await staff('yunshang-clerk'), ids.returned, [{ section: 'sponsor', field: 'address', words: '地址不全', suggestion: '补全' }]);
  await uploadMissing(registrant, ids.full);
  // Everything wrong that can be: each answer gets its sentence.
  const faulty = await begin(registrant);
  const typed = 'x、?';
  await save(registrant, faulty, 'sponsor', Object.fromEntries(Object.keys((await draft(registrant, ids.full)).draft.sponsor).map((name) => [name, name === 'nature' ? '4' : typed])));
  const { sites } = (await draft(registrant, faulty)).draft;
  await save(registrant, faulty, `site-${sites[0]!.key}`, { name: typed, domain: typed, home_page: typed, person_name: typed, person_mobile: typed });
  await save(registrant, faulty, `access-${sites[0]!.key}-${sites[0]!.accesses[0]!.key}`, { service_code: typed, addresses: `${typed}\n10.0.0.1` });
  const sections = (id: string) => ['', '/sponsor', '/sites/1', '/sites/1/accesses/1', '/materials', '/review'].map((rest) => `/filings/${id}${rest}`);
  const { providers } = await registrant.read<{ providers: unknown }>('filings/draft', { id: ids.full });
  const names = [...[full, sent, returned].flatMap(namesOf), ...strings([providers, (await draft(registrant, ids.full)).draft]), '请按所列问题修改。', ...(await demoNames(registrant)), registrant.userName, typed, '地址不全', '补全', '苏婉清', empty.name];
  await compare(
    registrant,
    [
      '/filings', '/filings/new', ...['new_site', 'new_access', 'already_filed', 'conflict', 'underway'].map((kind) => `/filings/new/${kind}`),
      ...sections(ids.empty), ...['sponsor', 'sites/1', 'sites/1/accesses/1', 'materials'].map((rest) => `/filings/${ids.empty}/${rest}?check=1`),
      ...sections(faulty), ...['sponsor', 'sites/1', 'sites/1/accesses/1'].map((rest) => `/filings/${faulty}/${rest}?check=1`), ...sections(ids.full),
      `/filings/${ids.full}/discard`, `/filings/${ids.full}/sites/1/remove`, `/filings/${ids.full}/sites/1/accesses/1/remove`, `/filings/${ids.sent}/submitted`,
      `/filings/${ids.sent}/progress`, `/filings/${ids.sent}/withdraw`, `/filings/${ids.returned}`, `/filings/${ids.returned}/sponsor`, `/filings/${ids.returned}/progress`,
      ...ACCOUNT, '/filings/00000000-0000-7000-8000-000000000000', '/provider',
    ],
    names,
  );
});

test('what stands at its end is English in English: approved, refused, stopped', async ({ newcomer, staff, stranger }) => {
  const look = async (doors: Doors, ends: string[], further: string[]): Promise<void> => {
    const rows = await doors.read<{ id: string; status: string }[]>('filings/list_own');
    const ids = [...new Map(rows.map((row) => [row.status, row.id])).values()];
    expect(rows.map((row) => row.status)).toEqual(expect.arrayContaining(ends));
    const views = [];
    for (const id of ids) views.push(await doors.read('filings/progress', { id }), (await draft(doors, id)).draft);
    const names = [...strings([rows, views]), ...(await demoNames(doors)), ...further];
    await compare(doors, ids.flatMap((id) => ['', '/progress', '/answers'].map((rest) => `/filings/${id}${rest}`)), names, () => demoNames(doors));
  };
  const [doors, registrant] = [await stranger(), await newcomer()];
  await enter(doors, 'zhou-ming');
  await look(doors, ['approved', 'bureau_refused', 'provider_returned', 'draft'], ['zhou-ming']);

  const answers = company('zhejiang');
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('hengtong-clerk'), id);
  const words = '主办者书面申请停止。';
  await stopAtDoor(await staff('zhejiang-reviewer-1'), id, words);
  await look(registrant, ['stopped'], [registrant.userName, words, ...strings(answers)]);
});

test('what persons in charge and the public see of a filing is English in English: confirmed, approved, certified', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing', 2);
  answers.sites[1]!.person = person();
  const [persons, registrant] = [await stranger(), await newcomer()];
  const asked = await challenges(persons, 2);
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('yunshang-clerk'), id, ['sponsor', 'site-2']);
  const receipts: string[] = [];
  for (const [at, who] of [answers.person, answers.sites[1]!.person].entries()) {
    await untilReady(asked[at]!);
    receipts.push(await persons.write('confirmations/confirm', { form: confirmation(asked[at]!, who, await codeTo(persons, who.mobile)) }));
  }
  // Who is still due is told by the first letter alone.
  const masked = answers.sites[1]!.person.name.replace(/(?<=^.).+/su, (rest) => '*'.repeat(rest.length));
  const names = [...namesOf(answers), ...answers.sites.map(({ domain }) => `www.${domain}`), masked, ...(await demoNames(persons)), registrant.userName];
  // Whose turn it is, and that all have confirmed.
  await compare(persons, receipts, names, () => demoNames(persons), 5);

  await approveAtDoor(await staff('beijing-reviewer-1'), id);
  const number = `${(await registrant.read<{ view: { number: string } }>('filings/progress', { id })).view.number}-1`;
  const file = await registrant.context.request.get(`${registrant.origin}/certificates/${encodeURIComponent(number)}/file`);
  const { code } = JSON.parse(Buffer.from((await file.text()).split('.')[1]!, 'base64url').toString()) as { code: string };
  const certificate = `/certificates?number=${encodeURIComponent(number)}&code=${code}`;
  const page = await persons.context.newPage();
  await page.goto(certificate);
  await expect(page.locator('.answer-filed')).toBeVisible();
  await page.close();
  await compare(
    persons,
    [certificate, ...[answers.sites[0]!.domain, answers.name, number].map((asked) => `/query?q=${encodeURIComponent(asked)}`), `/records/${encodeURIComponent(number)}`],
    [...names, code],
    () => demoNames(persons),
  );
});

test('half a sign-in is English in English: first password, enrolment, second step', async ({ staff, stranger }) => {
  const { userName, first } = await newClerk(await staff('yunshang-admin'));
  const doors = await stranger();
  const names = [...(await demoNames(doors)), userName, '王芳'];
  await doors.write('sessions/sign_in', { form: { category: 'provider', user_name: userName, password: first } });
  await compare(doors, ['/sign-in/first-password', '/provider', '/sign-in'], names, () => demoNames(doors));
  const enrolment = await replaceFirst(doors, userName, first);
  await compare(doors, [enrolment, '/provider', '/sign-in'], names, () => demoNames(doors));

  const known = await stranger();
  const next = await known.write('sessions/sign_in', { form: { category: 'provider', user_name: 'hengtong-admin', password: PASSWORD } });
  await compare(known, [next, '/provider', '/sign-in'], [...names, 'hengtong-admin'], () => demoNames(doors));
});

test('the policy that is being prepared is English in English, with what it changes', async ({ stranger }) => {
  const doors = await stranger();
  await enter(doors, 'zhejiang-admin', 'bureau');
  const form = {
    valid_from: '2031-06-01', sms_stage: 'during', sms_window_hours: '48', sms_rounds: '3', sms_wrong_digits: '4', sms_noon_resend: 'no', sms_manual_resends: '2',
    after_refusal: 'bureau', second_reviewer: 'yes', preapproval_pauses: 'no', provider_hours: '48', bureau_working_days: '9', idle_days: '30',
  };
  await doors.write('policies/prepare', { form });
  const policies = await doors.read<{ draft: { id: string } }>('policies/list');
  const { office } = await doors.read<{ office: string }>('sessions/me');
  await compare(doors, ['/office/policies', '/office/policies/preview'], [...strings([policies, office]), ...(await demoNames(doors)), 'zhejiang-admin']);
  await doors.write('policies/drop_draft', { id: policies.draft.id });
});

test('the lists of divisions that the browser fetches are in the language of the page', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await begin(registrant);
  await registrant.speak('en');
  const page = await registrant.context.newPage();
  await page.goto(`/filings/${id}/sponsor`);
  await settled(page);
  const list = (name: string) => page.locator(`select[name='form[${name}]']`);
  await list('province').selectOption({ label: 'Shaanxi' });
  await list('city').selectOption({ label: "Xi'an 西安市" });
  await list('county').selectOption({ label: 'Beilin District 碑林区' });
  expect(untranslated(await texts(page), [], [registrant.userName])).toEqual([]);
});

for (const [house, userName] of [['provider', 'yunshang-clerk'], ['bureau', 'beijing-reviewer-1']] as const) {
  test(`the desk of the ${house} is English in English`, async ({ staff }) => {
    const doors = await staff(userName);
    const listed = async () => (await doors.read<{ rows: { id: string; status: string }[] }>('reviews/desk', { listing: 'all', page: '1' })).rows;
    const rows = await listed();
    const cases = new Map(rows.map((row) => [row.status, row.id]));
    const names = [...strings(rows), ...(await demoNames(doors)), doors.userName, userName];
    // Words of a case that people wrote: answers, and what was said of them.
    const written = ['draft', 'providers', 'notes', 'reasons', 'words', 'suggestion', 'author', 'holder', 'sponsor', 'before', 'after', 'name', 'names'];
    for (const id of cases.values()) {
      const collect = (value: unknown, key: string): void => {
        if (written.includes(key)) names.push(...strings(value));
        if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) collect(one, Array.isArray(value) ? key : name);
      };
      collect(await doors.read('reviews/case', { id }), '');
    }
    await compare(doors, [...LISTS.map((list) => `/${house}?list=${list}`), ...[...cases.values()].map((id) => `/${house}/cases/${id}`), ...ACCOUNT, ...STAFF_ACCOUNT], names, async () => strings(await listed()));
  });
}

for (const userName of ['yunshang-admin', 'beijing-admin'] as const) {
  test(`what ${userName} keeps is English in English`, async ({ staff }) => {
    const doors = await staff(userName);
    const { staff: accounts } = await doors.read<{ staff: { id: string }[] }>('staff/list');
    const { office } = await doors.read<{ office: string }>('sessions/me');
    const kept = [];
    let of: string;
    if (userName === 'yunshang-admin') {
      const list = await doors.read<{ services: { id: string }[] }>('services/list', { code: '', page: '1' });
      kept.push(list, await doors.read('ranges/list'));
      of = `/office/services/${list.services[0]!.id}`;
    } else {
      const list = await doors.read<{ id: string }[]>('providers/list');
      kept.push(list, await doors.read('policies/list'), await doors.read('providers/file', { id: list[0]!.id }));
      of = `/office/providers/${list[0]!.id}`;
    }
    const names = [...strings([accounts, office, ...kept]), ...(await demoNames(doors)), userName];
    await compare(doors, [...OFFICE, `/office/staff/${accounts[0]!.id}`, of], names);
  });
}
