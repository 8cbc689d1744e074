import { expect } from '../fixtures';
import { axeFindings, tooWide } from '../steps/checks';
import { handIn } from '../steps/filing';
import { company } from '../steps/answers';
import { passAtDoor } from '../steps/desk';
import { codeTo } from '../steps/messages';
import { confirmOnPage } from '../steps/sms';
import { test } from '../steps/test';

// All of it is drawn by the server, and carries no script: with scripts off it is the same.
for (const javaScriptEnabled of [true, false]) {
  test.describe(`scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled });

    test('another picture, and a wrong answer, leave what was typed; Enter sends the form', async ({ page }) => {
      await page.goto('/sms');
      const picture = page.getByAltText('图形验证码');
      const [code, mobile, lastSix, letters] = ['验证码', '手机号码（联系方式1）', '证件号码后六位', '图形验证码'].map((name) => page.getByLabel(name, { exact: true }));
      await code!.fill('123456');
      await mobile!.fill('19000009999');
      await lastSix!.fill('12345X');
      const kept = async () => {
        await expect(code!).toHaveValue('123456');
        await expect(mobile!).toHaveValue('19000009999');
        await expect(lastSix!).toHaveValue('12345X');
        await expect(letters!).toHaveValue('');
      };
      const first = await picture.getAttribute('src');
      await page.getByRole('button', { name: '换一张' }).click();
      await expect(picture).not.toHaveAttribute('src', first!);
      await kept();

      const second = await picture.getAttribute('src');
      await letters!.fill('?????');
      await letters!.press('Enter');
      await expect(page.getByRole('alert')).toContainText('验证码不正确或已过期');
      await expect(picture).not.toHaveAttribute('src', second!);
      await kept();
      await expect(letters!).toHaveAttribute('aria-invalid', 'true');

      await page.getByRole('button', { name: '改用免看图验证' }).click();
      await expect(page.getByText('已改用免看图验证')).toBeVisible();
      await expect(picture).toHaveCount(0);
      await expect(code!).toHaveValue('123456');
      if (javaScriptEnabled) expect(await axeFindings(page)).toEqual([]);
      await page.getByRole('button', { name: '改用图形验证码' }).click();
      await expect(picture).toBeVisible();
      await kept();
      await page.setViewportSize({ width: 360, height: 740 });
      if (javaScriptEnabled) expect([...(await axeFindings(page)), ...(await tooWide(page))]).toEqual([]);
    });
  });
}

test('without a picture a form that comes early is answered a little later, and is not refused', async ({ newcomer, staff, newContext }) => {
  const answers = company();
  const registrant = await newcomer();
  const id = await handIn(registrant, answers);
  await passAtDoor(await staff('yunshang-clerk'), id);
  const code = await codeTo(registrant, answers.person.mobile);
  const page = await (await newContext({ javaScriptEnabled: false })).newPage();
  await page.goto('/sms');
  // The way there with the keyboard alone.
  const way = page.getByRole('button', { name: '改用免看图验证' });
  await way.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('已改用免看图验证')).toBeVisible();
  await confirmOnPage({ page, ready: 0 }, answers.person, code);
  await expect(page.getByRole('heading', { level: 1, name: '核验完成' })).toBeVisible();
});
