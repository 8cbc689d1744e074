import { expect, settled } from '../fixtures';
import { enter } from '../steps/accounts';
import { axeFindings, tooWide } from '../steps/checks';
import { Doors } from '../steps/doors';
import { test } from '../steps/test';

test('after the approval: the lines to copy, what is still to be done, and a check that says what it saw and when', async ({ newContext, baseURL }) => {
  const doors = new Doors(await newContext({ viewport: { width: 360, height: 800 } }), baseURL!);
  await enter(doors, 'zhou-ming');
  const own = await doors.read<{ id: string; status: string }[]>('filings/list_own');
  const approved = own.find((filing) => filing.status === 'approved')!;
  const page = await doors.context.newPage();
  await page.goto(`/filings/${approved.id}/progress`);
  await settled(page);
  const number = await page.locator('.number-large').first().textContent();
  await expect(page.locator('pre.snippet')).toHaveText(`<a href="https://beian.miit.gov.cn/" target="_blank" rel="noreferrer">${number!.trim()}</a>`);
  await expect(page.getByText('还没有检查过。')).toBeVisible();
  expect(await axeFindings(page)).toEqual([]);
  expect(await tooWide(page)).toEqual([]);
  await page.getByRole('button', { name: '检查网站底部' }).click();
  // The demo's names lie where no name can have an address.
  await expect(page.getByText('没有看到首页')).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText('检查时间：')).toBeVisible();
  expect(await axeFindings(page)).toEqual([]);
  expect(await tooWide(page)).toEqual([]);
});
