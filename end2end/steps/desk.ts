// The desks of provider and bureau: through the doors, and through their pages.

import { expect, type Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { settled } from '../fixtures';
import type { Doors, Value } from './doors';

/** A case as its page gets it. */
export type Case = { case: { mine: boolean; edition: number; progress: { seq: number; status: string; offers: [string, unknown][]; number: string | null } } };

/** A reason at one answer. */
export type Reason = { section: string; field: string; words: string; suggestion: string };

/** One verb with a case, at the version that stands now. */
export async function act(doors: Doors, id: string, verb: string, fields: { [key: string]: Value } = {}): Promise<string> {
  const { case: view } = await doors.read<Case>('reviews/case', { id });
  return doors.write(`reviews/${verb}`, {
    id,
    seq: String(view.progress.seq),
    ...((verb === 'correct' || verb === 'resubmit') && { edition: String(view.edition) }),
    retry_key: randomUUID(),
    place: 'waiting.1',
    ...fields,
  });
}

async function take(doors: Doors, id: string): Promise<void> {
  const { case: view } = await doors.read<Case>('reviews/case', { id });
  if (!view.mine) await act(doors, id, 'claim');
}

/** A clerk takes a case, records the checks of identity, verifies and submits it. */
export async function passAtDoor(doors: Doors, id: string, sections: string[] = ['sponsor']): Promise<void> {
  await take(doors, id);
  for (const section of sections) {
    await doors.write('reviews/record_identity_check', { id, section, method: 'face_to_face', at: '', place: 'waiting.1' });
  }
  await act(doors, id, 'pass', { form: { code: '1', words: '证件与填报信息一致。' } });
}

/** A clerk takes a case and sends it back. */
export async function returnAtDoor(doors: Doors, id: string, reasons: Reason[]): Promise<void> {
  await take(doors, id);
  await act(doors, id, 'return', { form: { code: '11', words: '请按所列问题修改。', reasons } });
}

/** A reviewer takes a case and approves it. */
export async function approveAtDoor(doors: Doors, id: string): Promise<void> {
  await take(doors, id);
  await act(doors, id, 'approve', { form: { code: '20', words: '' } });
}

/** A reviewer takes a case and refuses it. */
export async function refuseAtDoor(doors: Doors, id: string, reasons: Reason[]): Promise<void> {
  await take(doors, id);
  await act(doors, id, 'refuse', { form: { code: '32', words: '请修改网站名称。', reasons } });
}

/** A reviewer takes a case and stops it. */
export async function stopAtDoor(doors: Doors, id: string, words: string): Promise<void> {
  await take(doors, id);
  await act(doors, id, 'stop', { form: { code: '40', words, granted: 'yes' } });
}

/** Opens a case from the list of all, by the sponsor's name. */
export async function openCase(page: Page, house: 'provider' | 'bureau', sponsor: string): Promise<void> {
  await page.goto(`/${house}?list=all`);
  await settled(page);
  await page.getByRole('row').filter({ hasText: sponsor }).getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1, name: sponsor })).toBeVisible();
}

/** Takes the open case. */
export async function claim(page: Page): Promise<void> {
  await page.getByRole('button', { name: '领取', exact: true }).click();
  await expect(page.getByText('由我办理', { exact: true })).toBeVisible();
}

/** Records on the open case that a person's identity was checked. */
export async function recordIdentity(page: Page, person: string): Promise<void> {
  const entry = page.getByRole('region', { name: '负责人身份核验' }).getByRole('listitem').filter({ hasText: person });
  // Open until it was made.
  await expect(entry.locator('details')).toHaveAttribute('open', '');
  await entry.getByRole('radio', { name: '人脸识别' }).check();
  await entry.getByRole('button', { name: `登记${person}的核验` }).click();
  await expect(entry.getByText(/人脸识别[,，]/)).toBeVisible();
}

/** Opens the place of a verdict, whether it stands open already or not. */
export async function openVerdict(page: Page, verb: string): Promise<void> {
  const place = page.locator(`#do-${verb}`);
  if ((await place.getAttribute('open')) === null) await place.locator('summary').click();
}

/** Points out a problem beside an answer. */
export async function flag(page: Page, answer: string, words: string, suggestion = ''): Promise<void> {
  const place = page.locator('details.flag').filter({ has: page.locator('summary', { hasText: answer }) }).first();
  await place.locator('summary').click();
  await place.getByLabel('问题', { exact: true }).fill(words);
  if (suggestion) await place.getByLabel('如何更正（选填）').fill(suggestion);
}
