import { expect } from '../fixtures';
import { newcomer as newName, PASSWORD } from '../steps/accounts';
import { company } from '../steps/answers';
import { status } from '../steps/filing';
import { codeTo } from '../steps/messages';
import { test } from '../steps/test';
import * as wizard from '../steps/wizard';

const OFF = { javaScriptEnabled: false };
const HOW = { scripts: false };

test('the registrant walks the whole wizard with scripts off', async ({ newcomer }) => {
  const answers = company('beijing');
  const [site] = answers.sites as [(typeof answers.sites)[0]];
  const registrant = await newcomer(OFF);
  const page = await registrant.context.newPage();
  const id = await wizard.begin(page, HOW);

  await wizard.open(page, `/filings/${id}/sponsor`, HOW);
  await page.getByLabel('主办单位名称').fill('甲');
  await page.getByRole('button', { name: '保存并继续' }).click();
  await expect(page.getByRole('heading', { name: '请先更正以下内容' })).toBeVisible();
  await expect(page.getByLabel('主办单位名称')).toHaveValue('甲');

  await wizard.fillSponsor(page, answers, HOW);
  await wizard.goOn(page, '网站信息');
  await wizard.fillSite(page, answers, site);
  await wizard.goOn(page, '接入信息');
  await wizard.fillAccess(page, answers, site);
  await wizard.goOn(page, '备案材料');
  await wizard.uploadMaterials(page, HOW);
  await page.getByRole('link', { name: '下一步：核对并提交' }).click();
  await page.getByRole('button', { name: '提交备案' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  expect(await status(registrant, id), 'without the declarations nothing is submitted').toBe('draft');
  await wizard.declareAndSubmit(page);
  expect(await status(registrant, id)).toBe('provider_review');
  await page.getByRole('link', { name: '查看办理进度' }).click();
  await expect(page.getByText('待接入商核实').first()).toBeVisible();
  await page.getByRole('link', { name: '撤回备案' }).click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  expect(await status(registrant, id)).toBe('draft');
});

test('registration and sign-in work with scripts off, and errors keep what was typed but for passwords', async ({ stranger }) => {
  const doors = await stranger(OFF);
  const page = await doors.context.newPage();
  const who = newName();
  await page.goto('/register/form');
  await page.getByLabel('用户名', { exact: true }).fill(who.userName);
  await page.getByRole('button', { name: '检测' }).click();
  await page.getByLabel('联系人姓名').fill(who.contactName);
  await page.getByLabel('手机号码').fill('12345');
  await page.getByLabel('电子邮件').fill(who.email);
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByLabel('再次输入密码').fill(`${PASSWORD}!`);
  await page.getByRole('checkbox', { name: '我已阅读并接受使用声明和备案流程' }).check();
  await page.getByRole('button', { name: '注册', exact: true }).click();

  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('联系人姓名')).toHaveValue(who.contactName);
  await expect(page.getByLabel('手机号码')).toHaveValue('12345');
  await expect(page.getByLabel('手机号码')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('电子邮件')).toHaveValue(who.email);
  await expect(page.getByLabel('密码', { exact: true })).toHaveValue('');
  await expect(page.getByLabel('再次输入密码')).toHaveValue('');
  expect(await page.content()).not.toContain(PASSWORD);

  await page.getByLabel('手机号码').fill(who.mobile);
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByLabel('再次输入密码').fill(PASSWORD);
  await page.getByRole('checkbox', { name: '我已阅读并接受使用声明和备案流程' }).check();
  await page.getByRole('button', { name: '注册', exact: true }).click();
  await page.getByLabel('手机验证码').fill(await codeTo(doors, who.mobile));
  await page.getByLabel('邮件验证码').fill(await codeTo(doors, who.email));
  await page.getByRole('button', { name: '完成注册' }).click();
  await expect(page.getByText('注册成功，请登录。')).toBeVisible();

  await page.goto('/account');
  await page.getByRole('radio', { name: '网站主办者' }).check();
  await page.getByLabel('用户名', { exact: true }).fill(who.userName);
  await page.getByLabel('密码', { exact: true }).fill('wrong-password');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('用户名', { exact: true })).toHaveValue(who.userName);
  await expect(page.getByLabel('密码', { exact: true })).toHaveValue('');
  await page.getByRole('radio', { name: '网站主办者' }).check();
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByRole('heading', { level: 1, name: '我的账号' })).toBeVisible();
  await page.getByRole('button', { name: '退出' }).first().click();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('public pages are whole with scripts off', async ({ stranger }) => {
  const page = await (await stranger(OFF)).context.newPage();
  for (const path of ['/', '/query', '/announcements', '/laws', '/help', '/help/flow', '/open-information', '/feedback', '/sms', '/code-tables']) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByText('正在载入')).toHaveCount(0);
  }
  await page.goto('/');
  await page.getByLabel('主办单位名称、网站域名或备案/许可证号').fill('nobody-has-this.example');
  await page.getByRole('button', { name: '查询', exact: true }).click();
  await expect(page.getByRole('heading', { name: '未备案' })).toBeVisible();
  await page.goto('/lang/en?back=/laws');
  await expect(page.getByRole('heading', { level: 1, name: 'Laws and regulations' })).toBeVisible();
});
