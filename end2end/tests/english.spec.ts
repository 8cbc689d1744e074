import { expect, settled } from '../fixtures';
import { company, type Answers } from '../steps/answers';
import type { Doors } from '../steps/doors';
import { returnAtDoor } from '../steps/desk';
import { begin, draft, fillIn, handIn, save, uploadMissing } from '../steps/filing';
import { enter } from '../steps/accounts';
import { strings, texts, untranslated } from '../steps/languages';
import { ACCOUNT, ENTRANCES, LISTS, OFFICE, PUBLIC, STAFF_ACCOUNT, furtherPages } from '../steps/lists';
import { test } from '../steps/test';

test.describe.configure({ mode: 'parallel' });
// Pages that are not there, or are somebody else's, say so with their status.
test.use({ expected: [/status of 4\d\d/] });

/**
 * Looks at each page in Chinese and in English: nothing but names may be the same, and nothing but names Chinese. Others work on the
 * same server: `newer` asks for the names that came meanwhile.
 */
async function compare(doors: Doors, paths: string[], names: string[], newer?: () => Promise<string[]>): Promise<void> {
  const page = await doors.context.newPage();
  const found = new Map<string, string>();
  let english = 0;
  const look = async (path: string): Promise<string[]> => {
    const seen: Record<string, string[]> = {};
    for (const lang of ['zh', 'en'] as const) {
      await doors.speak(lang);
      await page.goto(path);
      await settled(page);
      await expect(page.locator('html')).toHaveAttribute('lang', lang === 'zh' ? 'zh-CN' : 'en');
      seen[lang] = await texts(page);
    }
    english += seen.en!.length;
    return untranslated(seen.en!, seen.zh!, names);
  };
  for (const path of paths) {
    let left = await look(path);
    for (let again = 0; again < 3 && left.length > 0 && newer; again += 1) {
      names.push(...(await newer()));
      left = await look(path);
    }
    for (const text of left) if (!found.has(text)) found.set(text, path);
  }
  await page.close();
  expect(english, 'pages have texts').toBeGreaterThan(10 * paths.length);
  expect([...found].map(([text, path]) => `${path}: ${text}`)).toEqual([]);
}

function namesOf(answers: Answers): string[] {
  return strings(answers);
}

/** Names of the demo: its accounts, its houses, and whom and what its messages are about. */
async function demoNames(doors: Doors): Promise<string[]> {
  const view = await doors.read<{ accounts: unknown; awaited: unknown; password: string; sample: { provider: unknown } }>('demo/view');
  const messages = await doors.read<{ recipient: string; params: Record<string, string> }[]>('demo/messages');
  return [...strings([view.accounts, view.awaited, view.password, view.sample.provider]), ...messages.flatMap(({ recipient, params }) => [recipient, ...Object.values(params)])];
}

test('what is Chinese, or the same in both languages, is found unless it is a name', () => {
  const found = (english: string, chinese = '') => untranslated([english], [chinese], ['张伟', 'lin-yuqing']).length;
  expect(found('提交')).toBe(1);
  expect(found('Submit：')).toBe(1);
  expect(found('Submit', 'Submit')).toBe(1);
  expect(found('Submit', '提交')).toBe(0);
  expect(found('张伟', '张伟')).toBe(0);
  expect(found('lin-yuqing', 'lin-yuqing')).toBe(0);
  expect(found('京ICP备2026000001号-1', '京ICP备2026000001号-1')).toBe(0);
  expect(found('Hangzhou 杭州市')).toBe(0);
  expect(found('Xihu District, Hangzhou, Zhejiang 浙江省杭州市西湖区')).toBe(0);
  expect(found('杭州市')).toBe(1);
  expect(found('Hangzhou 请选择')).toBe(1);
});

test('public pages and entrances are English in English', async ({ stranger }) => {
  test.setTimeout(120_000);
  const doors = await stranger();
  await compare(doors, [...PUBLIC, ...ENTRANCES, ...(await furtherPages(doors)), '/not-there', '/records/none'], await demoNames(doors), () => demoNames(doors));
});

test("a registrant's pages are English in English", async ({ newcomer, staff }) => {
  test.setTimeout(120_000);
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

test('what stands at its end is English in English: approved, refused, expired, stopped, and what the public sees of it', async ({ stranger }) => {
  test.setTimeout(180_000);
  for (const userName of ['lin-yuqing', 'zhou-ming']) {
    const doors = await stranger();
    await enter(doors, userName);
    const rows = await doors.read<{ id: string; status: string; number?: string; domains?: string[] }[]>('filings/list_own');
    const ids = [...new Map(rows.map((row) => [row.status, row.id])).values()];
    const views = [];
    for (const id of ids) views.push(await doors.read('filings/progress', { id }), (await draft(doors, id)).draft);
    const names = [...strings([rows, views]), ...(await demoNames(doors)), userName];
    await compare(doors, ids.flatMap((id) => ['', '/progress', '/answers'].map((rest) => `/filings/${id}${rest}`)), names, () => demoNames(doors));
  }
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
    test.setTimeout(120_000);
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
    const kept = userName === 'yunshang-admin'
      ? [await doors.read('ranges/list'), await doors.read('services/list', { code: '', page: '1' })]
      : [await doors.read('providers/list'), await doors.read('policies/list')];
    const names = [...strings([accounts, office, ...kept]), ...(await demoNames(doors)), userName];
    await compare(doors, [...OFFICE, `/office/staff/${accounts[0]!.id}`], names);
  });
}
