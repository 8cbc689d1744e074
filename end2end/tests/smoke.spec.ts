import { expect, hydrated, test } from '../fixtures';
import { signIn } from '../steps/accounts';

test('the first page comes without any script', async ({ page }) => {
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (/\.(js|wasm)$/.test(new URL(request.url()).pathname)) scripts.push(request.url());
  });
  const response = await page.goto('/');
  expect(response?.status()).toBe(200);
  expect(response?.headers()['content-security-policy']).toContain("script-src 'none'");
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await page.locator('script').count()).toBe(0);
  expect(scripts).toEqual([]);
});

test('a page behind the sign-in leads to it and back', async ({ page }) => {
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in\?next=\/account$/);
});

test.describe('an address that is not there', () => {
  test.use({ expected: [/status of 404/] });

  test('answers 404 with a page', async ({ page }) => {
    const response = await page.goto('/not-there');
    expect(response?.status()).toBe(404);
    await expect(page.locator('main')).toBeVisible();
  });
});

test('a page with scripts hydrates under its policy and fetches its own part', async ({ page }) => {
  await page.goto('/sign-in?next=/account');
  await page.locator('input[name="form[category]"][value="registrant"]').check();
  await page.locator('input[name="form[user_name]"]').fill('lin-yuqing');
  await page.locator('input[name="form[password]"]').fill('Beian-Demo-2026');
  await page.locator('#sign-in button[type="submit"], form[action$="/sign_in"] button').first().click();
  await expect(page).toHaveURL(/\/account$/);
  await hydrated(page);

  const parts: string[] = [];
  page.on('response', (response) => {
    if (/\/split_.*\.wasm$/.test(new URL(response.url()).pathname)) parts.push(response.url());
  });
  const response = await page.reload();
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toMatch(/script-src 'self' 'nonce-[\w-]+' 'wasm-unsafe-eval'/);
  await hydrated(page);
  expect(parts.length).toBeGreaterThan(0);
});

test('a page that is left while its program is still coming leaves no error behind', async ({ page }) => {
  const network = await page.context().newCDPSession(page);
  const limit = (bytesPerSecond: number) =>
    network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
  await signIn(page, 'lin-yuqing');
  await expect(page).toHaveURL(/\/account|\/filings/);
  await hydrated(page);
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  await limit(100_000);
  const program = page.waitForResponse(/\/app\.wasm$/);
  await page.goto('/account', { waitUntil: 'commit' });
  await program;
  await page.reload({ waitUntil: 'commit' });
  await limit(-1);
  await hydrated(page);
});
