import { expect } from '../fixtures';
import { company } from '../steps/answers';
import { fillIn, status, uploadMissing } from '../steps/filing';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

test('of two browsers that submit one domain at once, one passes and the other is told at its own field', async ({ newcomer }) => {
  const [left, right] = [company(), company()];
  right.sites[0]!.domain = left.sites[0]!.domain;
  const racers = await Promise.all(
    [left, right].map(async (answers) => {
      const registrant = await newcomer();
      const id = await fillIn(registrant, answers);
      await uploadMissing(registrant, id);
      const page = await registrant.context.newPage();
      await open(page, `/filings/${id}/review`);
      await page.getByRole('checkbox', { name: /^我保证所填信息/ }).check();
      await page.getByRole('checkbox', { name: /^我已取得各负责人同意/ }).check();
      return { registrant, id, page };
    }),
  );
  await Promise.all(racers.map(({ page }) => page.getByRole('button', { name: '提交备案' }).click()));
  const submitted = (racer: (typeof racers)[number]) => racer.page.getByRole('heading', { level: 1, name: '备案已提交' });
  const told = (racer: (typeof racers)[number]) => racer.page.getByText('该域名与已备案或正在备案的信息冲突').first();
  for (const racer of racers) await expect(submitted(racer).or(told(racer)).first()).toBeVisible();
  const statuses = await Promise.all(racers.map(({ registrant, id }) => status(registrant, id)));
  expect([...statuses].sort()).toEqual(['draft', 'provider_review']);

  const loser = racers[statuses.indexOf('draft')]!;
  await expect(told(loser)).toBeVisible();
  await open(loser.page, `/filings/${loser.id}/review`);
  await loser.page.getByRole('link', { name: /该域名与已备案或正在备案的信息冲突/ }).first().click();
  await expect(loser.page.getByRole('heading', { level: 1, name: '网站信息' })).toBeVisible();
  await expect(loser.page).toHaveURL(/\/sites\/1\?check=1#site-1-domain$/);
  await expect(loser.page.getByLabel('网站域名', { exact: true })).toHaveAttribute('id', 'site-1-domain');
});
