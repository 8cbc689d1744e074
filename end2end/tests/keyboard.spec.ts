import { expect } from '../fixtures';
import { company } from '../steps/answers';
import { status } from '../steps/filing';
import { byKeyboard } from '../steps/keyboard';
import { test } from '../steps/test';
import { begin, declareAndSubmit, fillAccess, fillSite, fillSponsor, goOn, open, uploadMaterials } from '../steps/wizard';

test('with the keyboard alone: a filing is begun, filled in and submitted', async ({ newcomer }) => {
  const registrant = await newcomer();
  const answers = company();
  const real = await registrant.context.newPage();
  const page = byKeyboard(real, real);
  const id = await begin(page);
  await open(page, `/filings/${id}/sponsor`);
  await fillSponsor(page, answers);
  await goOn(page, /网站信息/);
  await fillSite(page, answers, answers.sites[0]!);
  await goOn(page, /接入信息/);
  await fillAccess(page, answers, answers.sites[0]!);
  await goOn(page, /备案材料|首次备案/);
  await open(page, `/filings/${id}/materials`);
  await uploadMaterials(page);
  await open(page, `/filings/${id}/review`);
  await declareAndSubmit(page);
  expect(await status(registrant, id)).toBe('provider_review');
});
