import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures';
import { company } from '../steps/answers';
import { openCase } from '../steps/desk';
import { fillIn, submit, uploadMissing } from '../steps/filing';
import { crc, jpeg, png } from '../steps/pictures';
import { test } from '../steps/test';
import { open } from '../steps/wizard';

/** A picture as the page shows it: where it is from, and how wide it came. */
async function drawn(picture: Locator): Promise<{ src: string; width: number }> {
  await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  return picture.evaluate((image: HTMLImageElement) => ({ src: image.getAttribute('src')!, width: image.naturalWidth }));
}

async function weigh(page: Page, path: string): Promise<number> {
  const response = await page.request.get(path);
  expect(response.status(), path).toBe(200);
  expect(response.headers()['cache-control'], path).toBe('private, no-store');
  return (await response.body()).length;
}

test('lists show small pictures, and a click leads to the whole one', async ({ newcomer, staff }) => {
  const answers = company('beijing');
  const registrant = await newcomer();
  const id = await fillIn(registrant, answers);
  const page = await registrant.context.newPage();
  await open(page, `/filings/${id}/materials`);
  const form = page.locator('form[enctype="multipart/form-data"]').first();
  await form.locator('input[type=file]').setInputFiles({ name: '执照.jpg', mimeType: 'image/jpeg', buffer: await jpeg(page, '营业执照') });
  await form.locator('button').click();
  await expect(page.locator('.material-name', { hasText: '执照.jpg' })).toBeVisible();
  await uploadMissing(registrant, id);
  for (const path of [`/filings/${id}/materials`, `/filings/${id}/review`]) {
    await open(page, path);
    const picture = page.locator('img.picture-thumb').first();
    const { src, width } = await drawn(picture);
    expect(src).toMatch(/^\/materials\/[0-9a-f-]+\/thumbnail$/);
    expect(width).toBe(320);
    const whole = await picture.locator('xpath=ancestor::a').getAttribute('href');
    expect(`${whole}/thumbnail`).toBe(src);
    expect(await weigh(page, src)).toBeLessThan((await weigh(page, whole!)) / 2);
  }
  await submit(registrant, id);

  const clerk = await staff('yunshang-clerk');
  const desk = await clerk.context.newPage();
  await openCase(desk, 'provider', answers.name);
  const { src, width } = await drawn(desk.locator('.thumb img').first());
  expect(src).toMatch(/\/thumbnail$/);
  expect(width).toBe(320);
  expect((await drawn(desk.locator('.viewer-frame img'))).width).toBe(1000);
  // Another one is chosen: whole, beside the list of small ones.
  await desk.locator('.thumb a').nth(1).click();
  await expect(desk.locator('.viewer-frame img')).not.toHaveAttribute('src', /thumbnail$/);
  await expect.poll(() => desk.locator('.viewer-frame img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(900);
});

test.describe('what is no picture, or too much of one', () => {
  // The program gives a file's blob to a picture alone, which the policy permits; that the recorder of the test's trace asks for
  // it too is refused.
  test.use({ expected: [/status of 422|^Connecting to 'blob:/] });

  for (const scripts of [true, false]) {
    test(`is told at its file, ${scripts ? 'with' : 'without'} scripts`, async ({ newcomer }) => {
      const registrant = await newcomer({ javaScriptEnabled: scripts });
      const id = await fillIn(registrant, company());
      const page = await registrant.context.newPage();
      if (scripts) await open(page, `/filings/${id}/materials`);
      else await page.goto(`/filings/${id}/materials`);
      const form = () => page.locator('form[enctype="multipart/form-data"]').first();
      const whole = png();
      const enormous = Buffer.from(whole);
      // The head says 60000 × 60000; its sum is put right, or it would be no head.
      enormous.writeUInt32BE(60_000, 16);
      enormous.writeUInt32BE(60_000, 20);
      enormous.writeUInt32BE(crc(enormous.subarray(12, 29)), 29);
      for (const [buffer, words] of [
        [Buffer.from('%PDF-1.7 no picture'), '请上传 JPG 或 PNG 格式的原件照片'],
        [whole.subarray(0, whole.length / 2), '图片无法读取或过小'],
        [enormous, '文件不能超过 40 MP'],
      ] as const) {
        await form().locator('input[type=file]').setInputFiles({ name: '照片.png', mimeType: 'image/png', buffer });
        await form().locator('button').click();
        await expect(form().locator('.field')).toContainText(words);
      }
      await expect(page.locator('img.picture-thumb[src*="thumbnail"]')).toHaveCount(0);
    });
  }
});
