import { expect, type Page } from '@playwright/test';
import type { Doors } from './doors';

/** A message that the demo sent. */
export type Message = { channel: string; recipient: string; template: string; body: string; params: Record<string, string>; at: string };

/** Every message to somebody, newest first. */
export async function messagesTo(doors: Doors, recipient: string, template = ''): Promise<Message[]> {
  const all = await doors.read<Message[]>('demo/messages', { to: recipient });
  return all.filter((message) => message.recipient === recipient && (!template || message.template === template));
}

/** The newest code sent to somebody, once there are as many of them as said. */
export async function codeTo(doors: Doors, recipient: string, template = '', count = 1): Promise<string> {
  let codes: string[] = [];
  await expect
    .poll(async () => {
      codes = (await messagesTo(doors, recipient, template)).flatMap((message) => message.params.code ?? []);
      return codes.length;
    }, { message: `${count} code(s) to ${recipient}` })
    .toBeGreaterThanOrEqual(count);
  return codes[0]!;
}

/** The newest code sent to somebody, as a person reads it on the demo's page. */
export async function readCode(page: Page, recipient: string): Promise<string> {
  const message = page.getByRole('listitem').filter({ hasText: recipient }).and(page.locator('[data-code]')).first();
  await expect(async () => {
    await page.goto(`/demo/messages?to=${encodeURIComponent(recipient)}`);
    await expect(message).toBeVisible({ timeout: 1000 });
  }).toPass();
  const code = await message.getAttribute('data-code');
  expect(await message.textContent()).toContain(code!);
  return code!;
}
