// The registrant's wizard through its pages, with scripts or without.

import { expect, type Locator, type Page } from '@playwright/test';
import { settled } from '../fixtures';
import { PLACES, type Answers, type Person, type Site } from './answers';
import { jpeg, png } from './pictures';

/** Whether the page's scripts run: without them lists that depend on an answer come after «刷新». */
export type Scripts = { scripts: boolean };
const WITH: Scripts = { scripts: true };

async function refresh(page: Page, near: Locator, { scripts }: Scripts): Promise<void> {
  if (scripts) return;
  await near.getByRole('button', { name: '按所选内容刷新本页' }).click();
}

/** From the list of one's filings to the steps of a new one. */
export async function begin(page: Page, how: Scripts = WITH): Promise<string> {
  await open(page, '/filings/new', how);
  await page.getByRole('button', { name: '暂不判断，直接填写首次备案' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '首次备案' })).toBeVisible();
  return new URL(page.url()).pathname.split('/')[2]!;
}

/** Opens a page of a filing, ready to be typed into. */
export async function open(page: Page, path: string, { scripts }: Scripts = WITH): Promise<void> {
  await page.goto(path);
  if (scripts) await settled(page);
}

async function fillIdentity(page: Page, nameLabel: string, person: Person): Promise<void> {
  await page.getByLabel(nameLabel, { exact: true }).fill(person.name);
  await page.getByLabel('负责人证件类型').selectOption('2');
  await page.getByLabel('负责人证件号码').fill(person.identity);
}

async function fillReach(page: Page, person: Person, office: string): Promise<void> {
  await page.getByLabel('证件有效期起').fill('2015-06-01');
  await page.getByLabel('长期有效').check();
  await page.getByLabel('手机号码（联系方式1）').fill(person.mobile);
  await page.getByLabel('办公电话').fill(office);
  await page.getByLabel('应急联系电话').fill(person.emergency);
  await page.getByLabel('电子邮件地址').fill(person.email);
}

/** 主体信息 */
export async function fillSponsor(page: Page, answers: Answers, how: Scripts = WITH): Promise<void> {
  const place = PLACES[answers.place];
  await page.getByLabel('主办单位性质').selectOption('4');
  await refresh(page, page.getByRole('group', { name: '基本信息' }), how);
  await page.getByLabel('主办单位名称').fill(answers.name);
  await page.getByLabel('主办单位证件类型').selectOption('1');
  await page.getByLabel('主办单位证件号码').fill(answers.creditCode);
  await page.getByLabel('证件住所').fill(`${place.province[1]}${answers.address}`);
  await page.getByLabel('投资人或主管单位').fill(answers.person.name);
  const address = page.getByRole('group', { name: '通信地址' });
  await page.getByLabel('省（自治区、直辖市）').selectOption(place.province[0]);
  await refresh(page, address, how);
  await page.getByLabel('市（地区、州、盟）').selectOption(place.city);
  await refresh(page, address, how);
  await page.getByLabel('县（区、旗）').selectOption(place.county);
  await page.getByLabel('详细地址', { exact: true }).fill(answers.address);
  await fillIdentity(page, '负责人姓名', answers.person);
  await fillReach(page, answers.person, `086-${place.area}-10000321`);
}

/** 网站信息 */
export async function fillSite(page: Page, answers: Answers, site: Site): Promise<void> {
  await page.getByLabel('网站名称', { exact: true }).fill(site.name);
  await page.getByLabel('网站域名', { exact: true }).fill(site.domain);
  await page.getByLabel('网站首页网址', { exact: true }).fill(`www.${site.domain}`);
  await page.getByRole('group', { name: '网站语言类别' }).getByRole('checkbox').first().check();
  await page.getByRole('group', { name: '网站服务内容' }).getByRole('checkbox', { name: '单位门户网站' }).check();
  await page.getByRole('checkbox', { name: '以上都不涉及' }).check();
  const same = page.getByRole('checkbox', { name: '网站负责人就是主体负责人' });
  if (!site.person) {
    await same.check();
    return;
  }
  await same.uncheck();
  await fillIdentity(page, '网站负责人姓名', site.person);
  await fillReach(page, site.person, `086-${PLACES[answers.place].area}-10000322`);
}

/** 接入信息 */
export async function fillAccess(page: Page, answers: Answers, site: Site): Promise<void> {
  const place = PLACES[answers.place];
  await page.getByLabel('接入服务提供者').selectOption(place.provider[0]);
  await page.getByLabel('服务号（产品验证）').fill(place.service);
  await page.getByLabel('网站接入方式').selectOption('5');
  await page.getByLabel('网站 IP 地址').fill(site.address);

  await page.getByRole('group', { name: '服务器放置地' }).locator(`input[value="${place.location}"]`).check();
}

/** «保存并继续», and the page that follows. */
export async function goOn(page: Page, heading: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: '保存并继续' }).click();
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
}

/** Uploads every required material, pictures in both formats. */
export async function uploadMaterials(page: Page, { scripts }: Scripts = WITH): Promise<number> {
  const missing = page.getByRole('article').filter({ hasText: '未上传' });
  const count = await missing.count();
  expect(count, 'materials are asked for').toBeGreaterThan(0);
  for (let left = count; left > 0; left -= 1) {
    const article = missing.first();
    const asJpeg = scripts && left % 2 === 0;
    const buffer = asJpeg ? await jpeg(page, `材料 ${left}`) : png(left);
    const file = { name: asJpeg ? `材料${left}.jpg` : `材料${left}.png`, mimeType: asJpeg ? 'image/jpeg' : 'image/png', buffer };
    await article.getByLabel(/^选择文件/).setInputFiles(file);
    await article.getByRole('button', { name: /^上传/ }).click();
    await expect(missing).toHaveCount(left - 1);
  }
  return count;
}

/** Declares and submits from the page that shows every answer. */
export async function declareAndSubmit(page: Page, button = '提交备案'): Promise<void> {
  await page.getByRole('checkbox', { name: /^我保证所填信息/ }).check();
  await page.getByRole('checkbox', { name: /^我已取得各负责人同意/ }).check();
  await page.getByRole('button', { name: button }).click();
  await expect(page.getByRole('heading', { level: 1, name: '备案已提交' })).toBeVisible();
}
