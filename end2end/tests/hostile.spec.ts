import type { BrowserContext, Page } from '@playwright/test';
import { expect, settled } from '../fixtures';
import { company, sponsorForm, siteForm, accessForm } from '../steps/answers';
import { act, openCase } from '../steps/desk';
import { begin, draft, fillIn, handIn, save, status, submit, uploadMissing } from '../steps/filing';
import { challenges, confirmAtDoor } from '../steps/sms';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

const ATTACK = `"'></textarea></title></script><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}}`;

/** Fails the test when anything of an attack ran, or became part of a page. */
function guard(context: BrowserContext): void {
  context.on('dialog', (dialog) => {
    throw new Error(`an attack opened a dialog: ${dialog.message()}`);
  });
}

async function expectHarmless(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked), page.url()).toBeUndefined();
  await expect(page.locator('img[src="x"]'), page.url()).toHaveCount(0);
}

test('an attack in every text field of the wizard comes back as the text it is', async ({ newcomer }) => {
  const answers = company();
  const registrant = await newcomer();
  guard(registrant.context);
  const id = await begin(registrant);
  const attacked = (form: Record<string, string | string[]>, also: string[]) => {
    const keep = /nature|province|city|county|certificate_type|_from|_until|method|provider_id|same_as|most_precise|confirmed/;
    const out: Record<string, string | string[]> = {};
    for (const [name, value] of [...Object.entries(form), ...also.map((name) => [name, ''] as const)]) {
      out[name] = typeof value !== 'string' || keep.test(name) ? value : ATTACK;
    }
    return out;
  };
  await save(registrant, id, 'sponsor', attacked(sponsorForm(answers), ['remark']));
  await save(registrant, id, 'site-1', { ...attacked(siteForm(answers, answers.sites[0]!), ['remark']), approval_numbers: { '3': ATTACK } });
  await save(registrant, id, 'access-1-1', attacked(accessForm(answers, answers.sites[0]!), []));

  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/sponsor?check=1`);
  await expect(page.getByLabel('备注')).toHaveValue(ATTACK);
  await expect(page.getByLabel('主办单位名称')).toHaveValue(ATTACK);
  await expectHarmless(page);
  await open(page, `/filings/${id}/sites/1?check=1`);
  await expect(page.getByLabel('网站名称', { exact: true })).toHaveValue(ATTACK);
  await expect(page.getByLabel('备注')).toHaveValue(ATTACK);
  await expectHarmless(page);
  await open(page, `/filings/${id}/sites/1/accesses/1?check=1`);
  await expect(page.getByLabel('网站 IP 地址')).toHaveValue(ATTACK);
  await expectHarmless(page);
  for (const path of [`/filings/${id}`, `/filings/${id}/review`, `/filings/${id}/materials`, '/filings']) {
    await open(page, path);
    await expectHarmless(page);
  }
  await open(page, `/filings/${id}/review`);
  await expect(page.getByText(ATTACK).first()).toBeVisible();
});

test('an attack by registrant, clerk and reviewer is text on the pages of all three', async ({ newcomer, staff, stranger }) => {
  const answers = company('beijing');
  const persons = await stranger();
  const [challenge] = await challenges(persons, 1);
  const registrant = await newcomer();
  const [clerk, reviewer] = [await staff('yunshang-clerk'), await staff('beijing-reviewer-1')];
  for (const { context } of [registrant, clerk, reviewer]) guard(context);
  const id = await fillIn(registrant, answers);
  await save(registrant, id, 'sponsor', { ...sponsorForm(answers), remark: ATTACK });
  await save(registrant, id, 'site-1', { ...siteForm(answers, answers.sites[0]!), remark: ATTACK });
  const file = await registrant.upload({ id, section: 'sponsor', kind: '2' }, 'x"><img src=x onerror=alert(1)>.png', (await import('../steps/pictures')).png(7));
  expect(file.status(), await file.text()).toBe(200);
  await uploadMissing(registrant, id);
  await submit(registrant, id);

  const desk = await clerk.context.newPage();
  await openCase(desk, 'provider', answers.name);
  await expect(desk.getByText(ATTACK).first()).toBeVisible();
  await expectHarmless(desk);
  await act(clerk, id, 'claim');
  const reasons = [{ section: 'sponsor', field: 'address', words: ATTACK, suggestion: ATTACK }];
  await act(clerk, id, 'return', { form: { code: '11', words: ATTACK, reasons } });
  await openCase(desk, 'provider', answers.name);
  await expectHarmless(desk);

  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}`);
  await expect(page.getByText(ATTACK).first()).toBeVisible();
  await expectHarmless(page);
  for (const path of ['sponsor', 'progress']) {
    await open(page, `/filings/${id}/${path}`);
    await expectHarmless(page);
  }
  await open(page, '/account/inbox');
  await expectHarmless(page);
  await save(registrant, id, 'sponsor', { ...sponsorForm(answers), remark: ATTACK, address: `${answers.address}东侧` });
  await submit(registrant, id, 'resubmit');
  await act(clerk, id, 'claim');
  await clerk.write('reviews/record_identity_check', { id, section: 'sponsor', method: 'face_to_face', at: '', place: 'waiting.1' });
  await act(clerk, id, 'pass', { form: { code: '1', words: ATTACK } });
  await confirmAtDoor(persons, challenge!, answers.person);

  const bureau = await reviewer.context.newPage();
  await openCase(bureau, 'bureau', answers.name);
  await expect(bureau.getByText(ATTACK).first()).toBeVisible();
  await expectHarmless(bureau);
});

test('an attack in an address of ours is text too, and leads nowhere else', async ({ page, baseURL }) => {
  guard(page.context());
  const code = encodeURIComponent(ATTACK);
  for (const path of [`/query?q=${code}`, `/register/form?user_name=${code}`, `/register/confirm?user_name=${code}`, `/sms/done?receipt=${code}`, `/sign-in?next=${code}`]) {
    await page.goto(path);
    await expectHarmless(page);
  }
  await page.goto('/lang/zh?back=//evil.example/');
  expect(new URL(page.url()).origin).toBe(baseURL);
  await page.goto('/sign-in?next=https://evil.example/');
  await settled(page);
  await page.getByRole('radio', { name: '网站主办者' }).check();
  await page.getByLabel('用户名', { exact: true }).fill('lin-yuqing');
  await page.getByLabel('密码', { exact: true }).fill('Beian-Demo-2026');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '我的备案' })).toBeVisible();
  expect(new URL(page.url()).origin).toBe(baseURL);
});

test.describe('another site', () => {
  test.use({ expected: [/status of 403/, /ERR_ABORTED|ERR_FAILED|CORS/] });

  test('cannot post to a door, by its headers or from its page', async ({ newcomer }) => {
    const registrant = await newcomer();
    const id = await handIn(registrant, company());
    const fields = { id, seq: '1', retry_key: crypto.randomUUID() };
    const foreign: Record<string, string>[] = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ];
    for (const headers of foreign) {
      const response = await registrant.post('filings/withdraw', fields, headers);
      expect(response.status(), JSON.stringify(headers)).toBe(403);
    }
    const page = await registrant.context.newPage();
    await page.route('http://127.0.0.1:9/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${registrant.origin}/api/filings/withdraw"><input name="id" value="${id}"><input name="seq" value="1">
          <input name="retry_key" value="${fields.retry_key}"><button>win a prize</button></form>`,
      }),
    );
    await page.goto('http://127.0.0.1:9/prize');
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/api/filings/withdraw')),
      page.getByRole('button', { name: 'win a prize' }).click(),
    ]);
    expect([403, 303]).toContain(answer.status());
    expect(await status(registrant, id)).toBe('provider_review');
  });
});

test.describe("somebody else's", () => {
  test.use({ expected: [/status of 40[34]/] });

  test('filings and materials are not found, and other roles are turned away', async ({ newcomer, staff, stranger }) => {
    const owner = await newcomer();
    const answers = company('beijing');
    const id = await handIn(owner, answers);
    const other = await newcomer();
    const material = (await owner.read<{ draft: { materials: { id: string }[] } }>('filings/draft', { id })).draft.materials[0]!.id;
    const visit = (doors: typeof owner, path: string) =>
      doors.context.request.get(`${doors.origin}${path}`, { headers: { Accept: 'text/html' }, maxRedirects: 0 });

    expect((await visit(owner, `/materials/${material}`)).status()).toBe(200);
    expect((await visit(owner, `/materials/${material}/thumbnail`)).status()).toBe(200);
    const pictures = [`/materials/${material}`, `/materials/${material}/thumbnail`];
    for (const path of [`/filings/${id}`, `/filings/${id}/sponsor`, `/filings/${id}/progress`, ...pictures]) {
      expect((await visit(other, path)).status(), path).toBe(404);
    }
    expect((await other.context.request.get(`${other.origin}/api/filings/draft?id=${id}`)).status()).toBe(404);
    const write = await other.post('filings/save_sponsor', { id, version: '1', form: sponsorForm(answers) });
    expect(write.status()).toBe(404);
    const upload = await other.upload({ id, section: 'sponsor', kind: '1' }, 'a.png', (await import('../steps/pictures')).png());
    expect(upload.status()).toBe(404);

    for (const path of ['/provider', '/bureau', `/provider/cases/${id}`]) expect((await visit(other, path)).status(), path).toBe(403);
    const [clerk, elsewhere, reviewer, abroad] = [
      await staff('yunshang-clerk'),
      await staff('hengtong-clerk'),
      await staff('beijing-reviewer-1'),
      await staff('zhejiang-reviewer-1'),
    ];
    expect((await visit(clerk, `/provider/cases/${id}`)).status()).toBe(200);
    expect((await visit(elsewhere, `/provider/cases/${id}`)).status()).toBe(404);
    expect((await visit(abroad, `/bureau/cases/${id}`)).status()).toBe(404);
    expect((await visit(clerk, '/filings')).status()).toBe(403);
    expect((await visit(clerk, '/bureau')).status()).toBe(403);
    expect((await visit(reviewer, '/provider')).status()).toBe(403);
    for (const path of pictures) expect((await visit(elsewhere, path)).status(), path).toBe(404);
    const pass = await reviewer.post('reviews/pass', { id, seq: '1', retry_key: crypto.randomUUID(), place: '' });
    expect(pass.status()).toBe(403);
    const nobody = await stranger();
    expect((await nobody.context.request.get(`${nobody.origin}/api/filings/list_own`)).status()).toBe(401);
    for (const path of pictures) expect((await visit(nobody, path)).status(), path).toBeGreaterThanOrEqual(300);
  });
});

test('a double click on «submit» makes one submission', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  await uploadMissing(registrant, id);
  const page = await registrant.context.newPage();
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/filings/submit')) sent.push(request.url());
  });
  await open(page, `/filings/${id}/review`);
  await page.getByRole('checkbox', { name: /^我保证所填信息/ }).check();
  await page.getByRole('checkbox', { name: /^我已取得各负责人同意/ }).check();
  await page.getByRole('button', { name: '提交备案' }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name: '备案已提交' })).toBeVisible();
  expect(sent).toHaveLength(1);
  const { view } = await registrant.read<{ view: { timeline: { verb: string }[] } }>('filings/progress', { id });
  expect(view.timeline.filter((entry) => entry.verb.toLowerCase() === 'submit')).toHaveLength(1);
});

test('a repeated submission with the same key answers the same and moves nothing', async ({ newcomer }) => {
  const registrant = await newcomer();
  const id = await fillIn(registrant, company());
  await uploadMissing(registrant, id);
  const view = await draft(registrant, id);
  const version = view.sections.find((state) => state.section === 'consent')?.version ?? 0;
  const fields = {
    id,
    seq: String(view.seq),
    edition: String(view.edition),
    retry_key: crypto.randomUUID(),
    version: String(version),
    form: { truthful: 'yes', personal_data: 'yes' },
  };
  const answers = await Promise.all([registrant.post('filings/submit', fields), registrant.post('filings/submit', fields)]);
  const again = await registrant.post('filings/submit', fields);
  expect(again.status()).toBe(200);
  expect(answers.some((answer) => answer.ok())).toBe(true);
  expect(await status(registrant, id)).toBe('provider_review');
  const progress = await registrant.read<{ view: { timeline: { verb: string }[] } }>('filings/progress', { id });
  expect(progress.view.timeline.filter((entry) => entry.verb.toLowerCase() === 'submit')).toHaveLength(1);
});
