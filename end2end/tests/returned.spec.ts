import { expect } from '../fixtures';
import { company } from '../steps/answers';
import { claim, flag, openCase, openVerdict } from '../steps/desk';
import { handIn, status } from '../steps/filing';
import { test } from '../steps/test';
import { declareAndSubmit, open } from '../steps/wizard';

test('the provider returns with a reason at a field, the registrant reads it there, corrects and submits the same filing', async ({
  newcomer,
  staff,
}) => {
  const answers = company();
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);

  const desk = await (await staff('yunshang-clerk')).context.newPage();
  await openCase(desk, 'provider', answers.name);
  await claim(desk);
  await flag(desk, '详细地址', '地址未精确到门牌号', '请写明楼号和房间号');
  await openVerdict(desk, 'return');
  const verdict = desk.locator('#do-return');
  await expect(verdict.getByText('已指出 1 处问题')).toBeVisible();
  await verdict.getByLabel('核实意见').selectOption('11');
  await verdict.getByLabel('意见说明').fill('请按所列问题修改。');
  await verdict.getByRole('button', { name: '退回' }).click();
  await expect(desk.getByText('上一件已办理：退回')).toBeVisible();

  const page = await registrant.context.newPage();
  await page.goto('/filings');
  await page.getByRole('link', { name: /^查看进度/ }).click();
  await expect(page).toHaveURL(new RegExp(`/filings/${id}/progress$`));
  await page.goto('/filings');
  await page.getByRole('link', { name: /^查看意见并修改/ }).click();
  await expect(page.getByText('备案被退回，请按意见修改')).toBeVisible();
  await expect(page.getByText('请按所列问题修改。')).toBeVisible();
  // Until it is changed, the part does not count as done, and before it is sent on as it came back, that is said.
  await expect(page.getByText('已完成 3 部分，共 5 部分')).toBeVisible();
  await expect(page.getByText('审核意见指出的内容尚未全部修改')).toBeVisible();
  await open(page, `/filings/${id}/review`);
  const uncorrected = page.getByRole('note').filter({ hasText: '以下部分尚未按审核意见全部修改' });
  await expect(uncorrected.getByRole('link')).toHaveText(['主体信息']);
  await page.goBack();
  await page.getByRole('link', { name: '从第一处开始修改' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '主体信息' })).toBeVisible();
  await expect(page.getByText('审核意见：地址未精确到门牌号')).toBeVisible();
  await expect(page.getByText('修改建议：请写明楼号和房间号')).toBeVisible();
  const address = page.getByLabel('详细地址', { exact: true });
  await expect(address).toBeFocused();
  await address.fill(`${answers.address}东侧`);
  await page.getByRole('button', { name: '保存，稍后再填' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  await expect(page.getByText('已修改', { exact: true })).toBeVisible();
  await expect(page.getByText('须修改', { exact: true })).toHaveCount(0);
  await expect(page.getByText('已完成 4 部分，共 5 部分')).toBeVisible();
  await open(page, `/filings/${id}/review`);
  await expect(page.getByText('以下部分尚未按审核意见全部修改')).toHaveCount(0);
  await declareAndSubmit(page, '修改完毕，再次提交');
  expect(new URL(page.url()).pathname).toBe(`/filings/${id}/submitted`);
  expect(await status(registrant, id)).toBe('provider_review');

  await openCase(desk, 'provider', answers.name);
  await expect(desk.getByText('上次查看后的修改')).toBeVisible();
});

