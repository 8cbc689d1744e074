import { expect, settled } from '../fixtures';
import { newcomer, PASSWORD, signIn, signInStaff } from '../steps/accounts';
import { company, person } from '../steps/answers';
import { claim, openCase, openVerdict, recordIdentity } from '../steps/desk';
import { readCode } from '../steps/messages';
import { confirmOnPage, openSms } from '../steps/sms';
import { test } from '../steps/test';
import * as wizard from '../steps/wizard';

test('a filing walks from the first page to its number, and the public finds it', async ({ page, newContext, request, baseURL }) => {
  const answers = company('beijing', 2);
  answers.sites[1]!.person = person();
  const [first, second] = answers.sites as [(typeof answers.sites)[0], (typeof answers.sites)[0]];

  await test.step('the registrant signs in and begins', async () => {
    await signIn(page, 'lin-yuqing');
    await expect(page.getByRole('heading', { level: 1, name: '我的备案' })).toBeVisible();
  });
  const id = await wizard.begin(page);

  await test.step('the registrant answers page after page', async () => {
    await page.getByRole('button', { name: '增加一个网站' }).click();
    await expect(page.getByRole('heading', { level: 1, name: '网站信息' })).toBeVisible();
    await wizard.open(page, `/filings/${id}/sponsor`);
    await wizard.fillSponsor(page, answers);
    await wizard.goOn(page, '网站信息');
    await wizard.fillSite(page, answers, first);
    await wizard.goOn(page, '接入信息');
    await wizard.fillAccess(page, answers, first);
    await wizard.goOn(page, '网站信息');
    await wizard.fillSite(page, answers, second);
    await wizard.goOn(page, '接入信息');
    await wizard.fillAccess(page, answers, second);
    await wizard.goOn(page, '备案材料');
  });

  await test.step('the registrant uploads the materials and submits', async () => {
    await wizard.uploadMaterials(page);
    await page.getByRole('link', { name: '下一步：核对并提交' }).click();
    await expect(page.getByRole('heading', { level: 1, name: '核对并提交' })).toBeVisible();
    for (const shown of [answers.name, first.domain, second.domain]) await expect(page.getByText(shown, { exact: true }).first()).toBeVisible();
    await wizard.declareAndSubmit(page);
    await page.getByRole('link', { name: '查看办理进度' }).click();
    await expect(page.getByText('待接入商核实').first()).toBeVisible();
  });

  const persons = await newContext();
  const forms = [await openSms(persons), await openSms(persons)];

  await test.step('the provider verifies', async () => {
    const clerk = await (await newContext()).newPage();
    await signInStaff(clerk, 'yunshang-admin');
    await expect(clerk.getByRole('heading', { level: 1, name: '核实工作台' })).toBeVisible();
    await openCase(clerk, 'provider', answers.name);
    await claim(clerk);
    await recordIdentity(clerk, '主体负责人');
    await recordIdentity(clerk, '网站 2 负责人');
    await openVerdict(clerk, 'pass');
    const verdict = clerk.locator('#do-pass');
    await verdict.getByLabel('意见说明').fill('证件、人像与填报信息一致。');
    await verdict.getByRole('button', { name: '核实提交' }).click();
    await expect(clerk.getByText('上一件已办理：核实提交')).toBeVisible();
  });

  await test.step('both persons in charge confirm by SMS', async () => {
    const reader = await persons.newPage();
    const sponsorCode = await readCode(reader, answers.person.mobile);
    await confirmOnPage(forms[0]!, answers.person, sponsorCode);
    await expect(forms[0]!.page.getByRole('heading', { name: '核验完成' })).toBeVisible();
    await expect(forms[0]!.page.getByText('尚未核验')).not.toHaveCount(0);
    const siteCode = await readCode(reader, second.person!.mobile);
    await confirmOnPage(forms[1]!, second.person!, siteCode);
    await expect(forms[1]!.page.getByText('备案已自动提交通信管理局审核')).toBeVisible();
  });

  await test.step('the bureau approves', async () => {
    const reviewer = await (await newContext()).newPage();
    await signInStaff(reviewer, 'beijing-reviewer-2');
    await expect(reviewer.getByRole('heading', { level: 1, name: '审核工作台' })).toBeVisible();
    await openCase(reviewer, 'bureau', answers.name);
    await expect(reviewer.getByText('证件、人像与填报信息一致。').first()).toBeVisible();
    await claim(reviewer);
    await openVerdict(reviewer, 'approve');
    await reviewer.locator('#do-approve').getByRole('button', { name: '审核通过' }).click();
    await expect(reviewer.getByText('上一件已办理：审核通过')).toBeVisible();
  });

  const number = await test.step('the registrant sees the number', async () => {
    await wizard.open(page, `/filings/${id}/progress`);
    await expect(page.getByRole('heading', { name: '备案成功' })).toBeVisible();
    const [number = '', other] = (await page.locator('.number-large').allTextContents()).map((text) => text.replace(/-\d+$/, '').trim());
    expect(number).toMatch(/^京ICP备\d{10}号$/);
    expect(other).toBe(number);
    for (const shown of [number, `${number}-1`, `${number}-2`]) await expect(page.getByText(shown, { exact: true })).toBeVisible();
    await page.getByRole('link', { name: '查看所填信息' }).click();
    await expect(page.getByRole('heading', { level: 1, name: '所填信息' })).toBeVisible();
    await expect(page.getByText(first.domain, { exact: true })).toBeVisible();
    await expect(page.getByRole('main').getByRole('link', { name: /修改/ })).toHaveCount(0);
    return number;
  });

  await test.step('the public finds it', async () => {
    const stranger = await (await newContext()).newPage();
    await stranger.goto('/');
    await stranger.getByLabel('主办单位名称、网站域名或备案/许可证号').fill(first.domain);
    await stranger.getByRole('button', { name: '查询', exact: true }).click();
    await expect(stranger.getByRole('heading', { name: '已备案' })).toBeVisible();
    await expect(stranger.getByRole('cell', { name: answers.name })).toBeVisible();
    await stranger.getByRole('link', { name: '详情' }).click();
    await expect(stranger.getByText(`${number}-1`).first()).toBeVisible();

    for (const question of [second.domain, answers.name, `${number}-2`]) {
      const response = await request.get(`${baseURL}/api/v1/register?q=${encodeURIComponent(question)}`);
      expect(response.status()).toBe(200);
      const found = await response.json();
      expect(found.answer, question).toBe('filed');
      expect(JSON.stringify(found.records)).toContain(second.domain);
      expect(JSON.stringify(found)).not.toContain(answers.person.identity);
    }
    const unknown = await (await request.get(`${baseURL}/api/v1/register?q=nobody-has-this.example`)).json();
    expect(unknown).toMatchObject({ answer: 'not_filed', records: [] });
  });
});

test('a newcomer registers with the codes of both messages and lands on an empty list', async ({ page, newContext }) => {
  const who = newcomer();
  await page.goto('/register');
  await page.getByRole('link', { name: '接受', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '备案流程图' })).toBeVisible();
  await page.getByRole('link', { name: '接受', exact: true }).click();
  await page.getByLabel('用户名', { exact: true }).fill(who.userName);
  await page.getByRole('button', { name: '检测' }).click();
  await expect(page.getByText(`${who.userName}（可以使用）`)).toBeVisible();
  await page.getByLabel('联系人姓名').fill(who.contactName);
  await page.getByLabel('手机号码').fill(who.mobile);
  await page.getByLabel('电子邮件').fill(who.email);
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByLabel('再次输入密码').fill(PASSWORD);
  await page.getByRole('checkbox', { name: '我已阅读并接受使用声明和备案流程' }).check();
  await page.getByRole('button', { name: '注册', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '验证手机和邮箱' })).toBeVisible();
  const reader = await (await newContext()).newPage();
  await page.getByLabel('手机验证码').fill(await readCode(reader, who.mobile));
  await page.getByLabel('邮件验证码').fill(await readCode(reader, who.email));
  await page.getByRole('button', { name: '完成注册' }).click();
  await expect(page.getByText('注册成功，请登录。')).toBeVisible();
  await signIn(page, who.userName);
  await expect(page.getByText('还没有备案', { exact: true })).toBeVisible();
  await settled(page);
});
