// The pages there are, for the tests that look at all of them.

import type { Doors } from './doors';

/** Pages for everybody. */
export const PUBLIC = [
  '/', '/query', '/query?q=nobody-has-this.example', '/certificates',
  '/certificates?number=%E4%BA%ACICP%E5%A4%872026999999%E5%8F%B7-1&code=0000-0000-0000-0000', '/certificates?number=x&code=x', '/announcements', '/laws', '/help', '/help/flow', '/help/api', '/help/filing-password',
  '/open-information', '/feedback', '/code-tables', '/demo', '/demo/messages',
];
/** Where people come in, or confirm. */
export const ENTRANCES = [
  '/sms', '/sms?captcha=wait', '/sms/done', '/sms/resend', '/register', '/register/flow', '/register/form', '/register/form?user_name=somebody-new',
  '/register/confirm', '/register/codes', '/register/correct', '/sign-in', '/sign-in/first-password', '/sign-in/second-factor', '/lost-password',
  '/lost-password?done=sent', '/lost-password/no-such-token',
];
/** One's own account. */
export const ACCOUNT = ['/account', '/account/password', '/account/contacts', '/account/sessions', '/account/sign-out', '/account/inbox'];
/** Of it what staff alone have. */
export const STAFF_ACCOUNT = ['/account/passkeys', '/account/passkeys/new'];
/** What an office keeps by itself: of a provider and of a bureau, each of which sees the other's as forbidden. */
export const OFFICE = [
  '/office', '/office/staff', '/office/staff/new', '/office/ranges', '/office/services', '/office/providers', '/office/providers/new',
  '/office/policies', '/office/policies/new', '/office/policies/preview',
];
/** The lists of a desk. */
export const LISTS = ['waiting', 'mine', 'due_soon', 'missed', 'confirming', 'returned', 'second_look', 'held', 'all'];

/** One announcement and one code table. */
export async function furtherPages(doors: Doors): Promise<string[]> {
  const first = async (path: string, link: RegExp) => link.exec(await (await doors.context.request.get(`${doors.origin}${path}`)).text())![1]!;
  return [await first('/announcements', /href="(\/announcements\/[^"]+)"/), await first('/code-tables', /href="(\/code-tables\/[^"]+)"/)];
}
