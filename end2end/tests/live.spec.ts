import { expect, hydrated, settled } from '../fixtures';
import { company } from '../steps/answers';
import { act, openVerdict, passAtDoor, returnAtDoor } from '../steps/desk';
import { handIn } from '../steps/filing';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

test('the registrant sees progress and the desk sees its queue change without a reload', async ({ newcomer, staff }) => {
  const answers = company('beijing');
  const registrant = await newcomer();
  const clerk = await staff('yunshang-clerk');
  const desk = await clerk.context.newPage();
  await open(desk, '/provider?list=all');
  const marks = [desk];
  await desk.evaluate(() => ((window as { mark?: number }).mark = 1));
  const fetched = desk.waitForRequest((request) => new URL(request.url()).pathname === '/api/reviews/desk');

  const id = await handIn(registrant, answers);
  const row = desk.getByRole('row').filter({ hasText: answers.name });
  await expect(row).toBeVisible();
  await expect(row).toContainText('待接入商核实');
  expect((await fetched).url(), 'nobody asked').toContain('unattended=true');

  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/progress`);
  await page.evaluate(() => ((window as { mark?: number }).mark = 1));
  marks.push(page);
  await expect(page.getByText('待接入商核实').first()).toBeVisible();
  await act(clerk, id, 'claim');
  await expect(row).toContainText('我');
  await passAtDoor(clerk, id);
  await expect(page.getByText('待短信核验').first()).toBeVisible();
  const said = page.getByRole('status').filter({ hasText: '进度已更新：待短信核验' });
  await expect(said).toHaveCount(1);
  // It stays said when the page is looked at again and nothing changed; of two looks the first is over with the second.
  for (let look = 0; look < 2; look += 1) {
    const again = page.waitForResponse((answer) => new URL(answer.url()).pathname === `/filings/${id}/progress`);
    await page.evaluate(() => new BroadcastChannel('live').postMessage('hint '));
    await (await again).finished();
    expect((await again).request().headers()['beian-unattended'], 'nobody asked').toBe('1');
  }
  await expect(said).toHaveCount(1);
  await expect(row).toContainText('待短信核验');
  for (const seen of marks) {
    expect(await seen.evaluate(() => (window as { mark?: number }).mark), 'the page was not loaded anew').toBe(1);
    await hydrated(seen);
  }
});

test('a case that was decided elsewhere meanwhile turns, and the notice of it is in sight', async ({ newcomer, staff }) => {
  const id = await handIn(await newcomer(), company('beijing'));
  const clerk = await staff('yunshang-clerk');
  const page = await clerk.context.newPage();
  await page.goto(`/provider/cases/${id}`);
  await settled(page);
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const reasons = [{ section: 'sponsor', field: 'name', words: '与证件不一致', suggestion: '' }];
  const fetched = page.waitForRequest((request) => new URL(request.url()).pathname === '/api/reviews/case');
  await returnAtDoor(clerk, id, reasons);
  expect((await fetched).url(), 'nobody asked').toContain('unattended=true');
  await expect(page.getByText('此件目前不在本环节：接入商退回')).toBeInViewport();
  await expect(page.locator('#case-notices')).toBeFocused();
});

test('a desk says that it connects until it has, and that the connection is lost only once one was', async ({ staff }) => {
  const { context } = await staff('hengtong-clerk');
  const page = await context.newPage();
  const said: string[] = [];
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/live\?/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/provider?list=all');
  await hydrated(page);
  const state = page.locator('.live');
  await expect(state).toHaveText('正在连接……');
  await page.exposeFunction('say', (words: string) => said.push(words));
  await state.evaluate((element) => {
    const tell = (window as unknown as { say: (words: string) => void }).say;
    new MutationObserver(() => tell(document.querySelector('.live')?.textContent ?? '')).observe(element.parentElement!, {
      childList: true, characterData: true, subtree: true,
    });
  });
  release();
  await expect(state).toHaveText('实时更新');
  expect(said.join()).not.toContain('中断');
  await page.evaluate(() => new BroadcastChannel('live').postMessage('online false'));
  await expect(state).toHaveText('连接中断，正在重新连接……');
});

test('a desk looks soon after a hint, and again only after a rest, however much happens', async ({ staff }) => {
  const { context } = await staff('hengtong-clerk');
  const page = await context.newPage();
  // Other tests go on meanwhile: what happens is for this one to say.
  await page.route(/\/live\?/, () => {});
  let looks = 0;
  page.on('request', (request) => (looks += Number(new URL(request.url()).pathname === '/api/reviews/desk')));
  await page.clock.install();
  await page.goto('/provider');
  await hydrated(page);
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  const before = looks;
  // The page's own ear is older, and hears first.
  const hint = () =>
    page.evaluate(
      () =>
        new Promise<void>((heard) => {
          new BroadcastChannel('live').onmessage = () => heard();
          new BroadcastChannel('live').postMessage('hint ');
        }),
    );
  await hint();
  // At most 400 ms by chance, and what a desk gathers hints for.
  await page.clock.runFor(650);
  await expect.poll(() => looks - before).toBe(1);
  for (let more = 0; more < 3; more += 1) {
    await hint();
    await page.clock.runFor(500);
  }
  // What was asked before this is known by now.
  await page.evaluate(() => fetch('/healthz'));
  expect(looks - before).toBe(1);
  await page.clock.runFor(1000);
  await expect.poll(() => looks - before).toBe(2);
});

test.describe('where the stream is refused', () => {
  test.use({ expected: [/status of 503/] });

  test('where the first connection fails, that is said after a while', async ({ staff }) => {
    const { context } = await staff('hengtong-clerk');
    const page = await context.newPage();
    let tried: () => void = () => {};
    const first = new Promise<void>((resolve) => (tried = resolve));
    await page.route(/\/live\?/, async (route) => {
      await route.fulfill({ status: 503 });
      tried();
    });
    await page.goto('/provider?list=all');
    await hydrated(page);
    await first;
    await expect(page.locator('.live')).toHaveText('正在连接……');
    await expect(page.locator('.live')).toHaveText('连接中断，正在重新连接……');
  });
});

test.describe('where somebody was signed out', () => {
  test.use({ expected: [/status of 401/] });

  test('an open case says so and keeps what was typed, and where nothing was it leads to the sign-in', async ({ newcomer, staff }) => {
    const id = await handIn(await newcomer(), company('beijing'));
    const clerk = await staff('yunshang-clerk');
    await act(clerk, id, 'claim');
    const page = await clerk.context.newPage();
    await page.goto(`/provider/cases/${id}`);
    await settled(page);
    await openVerdict(page, 'return');
    const words = page.locator('#do-return').getByLabel('意见说明（选填）');
    await words.fill('请修改');
    const cookies = await clerk.context.cookies();
    const hint = () => page.evaluate(() => new BroadcastChannel('live').postMessage('hint '));
    const said = page.locator('.case-changed').getByText('登录已过期', { exact: true });

    await clerk.context.clearCookies();
    await hint();
    await expect(said).toBeVisible();
    await expect(words).toHaveValue('请修改');
    // Whoever signed in again in another window goes on here.
    await clerk.context.addCookies(cookies);
    await hint();
    await expect(said).toBeHidden();
    await expect(words).toHaveValue('请修改');

    await words.fill('');
    await clerk.context.clearCookies();
    await hint();
    await expect(page).toHaveURL(/\/sign-in/);
  });
});
