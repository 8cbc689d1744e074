import { expect, settled } from '../fixtures';
import { company } from '../steps/answers';
import { claim, flag, openVerdict } from '../steps/desk';
import { handIn, status } from '../steps/filing';
import { test } from '../steps/test';

test('what was typed for one case does not stand in the next', async ({ newcomer, staff }) => {
  const answers = company('zhejiang');
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await handIn(registrant, company('zhejiang'));
  const page = await (await staff('hengtong-clerk')).context.newPage();
  await page.goto(`/provider/cases/${id}?list=waiting`);
  await settled(page);
  await claim(page);
  await flag(page, '主办单位名称', '名称与证件不一致', '照证件填写');
  await openVerdict(page, 'return');
  await page.locator('#do-return').getByLabel('核实意见').selectOption('10');
  await page.locator('#do-return').getByLabel('意见说明（选填）').fill('请修改');
  await page.locator('#do-return').getByRole('button', { name: '退回' }).click();
  await expect(page.getByText('上一件已办理：退回')).toBeVisible();
  expect(await status(registrant, id)).toBe('provider_returned');
  await expect(page.getByRole('heading', { level: 1, name: answers.name })).toHaveCount(0);
  await expect(page.locator('details.flag[open]')).toHaveCount(0);
  const typed = page.locator('.flag input[type="text"], .verdict textarea');
  for (const input of await typed.all()) await expect(input).toHaveValue('');
});
