import type { Page } from '@playwright/test';
import { expect, settled } from '../fixtures';
import { signIn } from '../steps/accounts';
import { digits } from '../steps/authenticator';
import { word } from '../steps/numbers';
import { test } from '../steps/test';

const OFF = { javaScriptEnabled: false };
const OWN = 'green-lantern-sails-7';

/** Fills in what is asked of a new account. */
async function fillAccount(page: Page, userName: string): Promise<void> {
  await page.getByLabel('联系人姓名').fill('王芳');
  await page.getByLabel('用户名', { exact: true }).fill(userName);
  await page.getByLabel('手机号码').fill('13912345678');
  await page.getByLabel('电子邮件').fill(`${userName}@post.example`);
}

for (const scripts of [true, false]) {
  test.describe(() => {
    // The stream of a desk whose account is suspended is refused.
    test.use({ expected: scripts ? [/status of 401/] : [] });

    test(`P15: an account is made, handed over, taken into use and suspended, ${scripts ? 'with' : 'without'} scripts`, async ({ staff, newContext }) => {
      const userName = `staff-${word(8)}`;
      const admin = await (await staff('yunshang-admin', scripts ? {} : OFF)).context.newPage();
      await admin.goto('/provider');
      if (scripts) await settled(admin);
      await admin.getByRole('link', { name: '机构管理' }).click();
      await admin.getByRole('link', { name: '工作人员' }).click();
      await admin.getByRole('link', { name: '开通账号' }).click();
      await fillAccount(admin, userName);
      await admin.getByLabel('手机号码').fill('123');
      await admin.getByRole('button', { name: '开通并生成首次密码' }).click();
      // Every wrong field is named, and nothing typed is lost.
      await expect(admin.getByRole('alert')).toContainText('手机');
      await expect(admin.getByRole('alert')).toContainText('用户类别');
      await expect(admin.getByLabel('用户名', { exact: true })).toHaveValue(userName);
      await admin.getByLabel('手机号码').fill('13912345678');
      await admin.getByRole('radio', { name: '接入服务提供者', exact: true }).check();
      await admin.getByRole('button', { name: '开通并生成首次密码' }).click();

      await expect(admin.getByRole('heading', { name: '首次密码', exact: true })).toBeVisible();
      const first = (await admin.locator('.panel-value').textContent())!.trim();
      expect(first).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
      await admin.getByRole('button', { name: '已交付，不再显示' }).click();
      await expect(admin.getByText(first)).toHaveCount(0);
      await expect(admin.getByText('等待首次登录')).toBeVisible();

      const clerk = await (await newContext(scripts ? {} : OFF)).newPage();
      await signIn(clerk, userName, 'provider', first);
      await expect(clerk.getByRole('heading', { level: 1, name: '设置自己的密码' })).toBeVisible();
      // Nothing opens by the first password alone, and whoever left finds back.
      await clerk.goto('/provider');
      await expect(clerk.getByText('尚未完成登录')).toBeVisible();
      await clerk.getByRole('link', { name: '继续设置密码' }).click();
      await clerk.getByLabel('新密码', { exact: true }).fill(first);
      await clerk.getByLabel('再次输入新密码').fill(first);
      await clerk.getByRole('button', { name: '设置密码并继续' }).click();
      await expect(clerk.getByText('不能继续使用首次密码').first()).toBeVisible();
      await clerk.getByLabel('新密码', { exact: true }).fill(OWN);
      await clerk.getByLabel('再次输入新密码').fill(OWN);
      await clerk.getByRole('button', { name: '设置密码并继续' }).click();
      await expect(clerk.getByRole('img', { name: '身份验证器的二维码' })).toBeVisible();
      const secret = (await clerk.locator('strong.demo-codes').textContent())!.trim();
      await clerk.getByLabel('验证器上的 6 位数字').fill(digits(secret));
      // A desk asks once when it begins to listen.
      const asked = scripts ? clerk.waitForResponse((answer) => new URL(answer.url()).pathname === '/api/reviews/desk') : undefined;
      await clerk.locator('#enrol button[type=submit]').click();
      await expect(clerk.getByRole('heading', { level: 1, name: '核实工作台' })).toBeVisible();
      // A clerk keeps nothing of the office.
      await expect(clerk.getByRole('link', { name: '机构管理' })).toHaveCount(0);

      await admin.reload();
      await expect(admin.getByText('已绑定')).toBeVisible();
      await asked;
      if (scripts) await expect(clerk.getByText('实时更新')).toBeVisible();
      await expect(admin.getByRole('group', { name: '变更为' })).toBeVisible();
      await admin.getByRole('button', { name: '停用账号' }).click();
      await expect(admin.getByText('账号已停用，登录已退出。')).toBeVisible();
      // An open desk does not stay there, and does not say for ever that it connects.
      if (!scripts) await clerk.reload();
      await expect(clerk).toHaveURL(/\/sign-in/);
      await signIn(clerk, userName, 'provider', OWN);
      await expect(clerk.getByText('管理员已停用该账号，不能登录').first()).toBeVisible();
      await admin.getByRole('button', { name: '恢复账号' }).click();
      await expect(admin.getByText('账号已恢复。')).toBeVisible();
    });
  });
}

test('P15: ranges and services are entered, corrected and removed', async ({ staff }) => {
  const page = await (await staff('yunshang-admin')).context.newPage();
  await page.goto('/office/ranges');
  await settled(page);
  const block = `8.${100 + Math.floor(Math.random() * 100)}.${Math.floor(Math.random() * 250)}.0`;
  await page.getByLabel('IP 地址').fill(`10.0.0.1\n${block}/24`);
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByRole('alert')).toContainText('10.0.0.1');
  await expect(page.getByLabel('IP 地址')).toHaveValue(`10.0.0.1\n${block}/24`);
  await page.getByLabel('IP 地址').fill(`${block}/24`);
  await page.getByLabel('服务器放置地').selectOption({ label: '北京' });
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByText('地址段已登记。')).toBeVisible();
  // What was done before is not said beside what was not.
  await page.getByLabel('IP 地址').fill('10.0.0.1');
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByRole('alert')).toContainText('10.0.0.1');
  await expect(page.getByText('地址段已登记。')).toBeHidden();
  const row = page.getByRole('row').filter({ hasText: `${block}-` });
  await expect(row).toContainText('北京');
  await row.getByRole('button', { name: '删除' }).click();
  await expect(page.getByText('地址段已删除。')).toBeVisible();
  await expect(row).toHaveCount(0);

  await page.goto('/office/services');
  await settled(page);
  const code = `E2E-${word(8)}`;
  await page.getByLabel('服务号', { exact: true }).fill(code);
  await page.getByLabel('说明').fill('云服务器');
  await page.getByLabel('可备案网站数').fill('0');
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByRole('alert')).toContainText('1–30000');
  await page.getByLabel('可备案网站数').fill('3');
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByText('服务号已登记。')).toBeVisible();
  await page.getByLabel('按服务号查找').fill(code.toLowerCase());
  await page.getByRole('button', { name: '查找' }).click();
  await page.getByRole('link', { name: code }).click();
  // The page before has such a field, too.
  await expect(page.getByRole('heading', { level: 1, name: code })).toBeVisible();
  await page.getByLabel('有效期至').fill('2020-01-01');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('服务号已修改。')).toBeVisible();
  await page.goto('/office/services?code=no-such-service');
  await expect(page.getByText('没有找到服务号“no-such-service”')).toBeVisible();
  await page.getByRole('link', { name: '全部服务号' }).click();
  await expect(page).toHaveURL('/office/services');
  await page.goto(`/office/services?code=${code}`);
  await expect(page.getByRole('row').filter({ hasText: code })).toContainText('已到期');
});

test('B11: a provider is licensed and gets its first administrator, without scripts', async ({ staff }) => {
  const page = await (await staff('beijing-admin', OFF)).context.newPage();
  await page.goto('/bureau');
  await page.getByRole('link', { name: '机构管理' }).click();
  await page.getByRole('link', { name: '接入服务提供者' }).click();
  await page.getByRole('link', { name: '新增接入服务提供者' }).click();
  const name = `云${word(8)}有限公司`;
  await page.getByLabel('单位名称').fill(name);
  await page.getByLabel('经营许可证编号').fill('许可证');
  await page.getByLabel('有效期自').fill('2026-01-01');
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByRole('alert')).toContainText('B1.B2-20260001');
  await expect(page.getByLabel('单位名称')).toHaveValue(name);
  await page.getByLabel('经营许可证编号').fill(`B1-${10_000_000 + Math.floor(Math.random() * 80_000_000)}`);
  await page.getByRole('button', { name: '登记' }).click();
  await expect(page.getByText('接入服务提供者已登记，请开通第一个管理员账号。')).toBeVisible();
  await fillAccount(page, `admin-${word(8)}`);
  await page.getByRole('button', { name: '开通并生成首次密码' }).click();
  await expect(page.getByRole('heading', { name: '首次密码', exact: true })).toBeVisible();
});

test('B11, B6: a policy is prepared, looked at, enacted for a day to come, and withdrawn', async ({ staff }) => {
  const page = await (await staff('beijing-admin')).context.newPage();
  await page.goto('/office/policies');
  await settled(page);
  // Both historical lists are data: Beijing was in neither, so nobody confirmed before 2020-08-17.
  await expect(page.getByText('全国规则 · 2005-03-20 至 2020-08-16', { exact: false }).first()).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: '166' })).toContainText('2018-09-10');
  await page.getByRole('link', { name: '拟定新规则' }).click();
  await page.getByLabel('生效日期').fill('2020-01-01');
  await page.getByLabel('管局审核期限').fill('21');
  await page.getByRole('button', { name: '预览变化' }).click();
  await expect(page.getByRole('alert')).toContainText('1–20');
  await expect(page.getByRole('alert')).toContainText('最早为');
  await page.getByLabel('生效日期').fill('2031-05-01');
  await page.getByLabel('管局审核期限').fill('20');
  await page.getByRole('button', { name: '预览变化' }).click();
  await expect(page.getByText('与届时的规则相同，没有变化。')).toBeVisible();
  await expect(page.getByRole('button', { name: /起生效$/ })).toHaveCount(0);
  await expect(page.getByText('近 90 天完成审核')).toHaveCount(0);
  await page.getByRole('link', { name: '继续修改' }).click();
  await page.getByLabel('管局审核期限').fill('10');
  await page.getByRole('button', { name: '预览变化' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '变化预览' })).toBeVisible();
  const change = page.getByRole('row').filter({ hasText: '管局审核期限' });
  await expect(change).toContainText('20 个工作日');
  await expect(change).toContainText('10 个工作日');
  await expect(page.getByText('近 90 天完成审核')).toBeVisible();
  await page.getByRole('button', { name: '确定，自 2031-05-01 起生效' }).click();
  await expect(page.getByText('规则已确定，将按日期生效。')).toBeVisible();
  const card = page.locator('details').filter({ hasText: '2031-05-01' });
  await expect(card).toContainText('待生效');
  await page.getByRole('link', { name: '拟定新规则' }).click();
  await expect(page.getByText('已有规则确定自 2031-05-01 起生效。')).toBeVisible();
  await page.goBack();
  await card.getByRole('button', { name: '撤回，恢复原规则' }).click();
  await expect(page.getByText('规则已撤回。')).toBeVisible();
  await expect(card).toHaveCount(0);
});

test.describe(() => {
  test.use({ expected: [/status of 403/] });

  test('P15: what administrators keep is shut to clerks and reviewers', async ({ staff }) => {
    for (const userName of ['yunshang-clerk', 'beijing-reviewer-1'] as const) {
      const page = await (await staff(userName)).context.newPage();
      for (const path of ['/office', '/office/staff', '/office/policies']) {
        expect((await page.goto(path))?.status(), `${userName} ${path}`).toBe(403);
      }
    }
  });
});
