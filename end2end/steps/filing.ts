// A filing brought to where a test begins, through the doors.

import { expect } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { accessForm, siteForm, sponsorForm, type Answers } from './answers';
import type { Doors, Value } from './doors';
import { png } from './pictures';

/** A draft as its page gets it. */
export type Draft = {
  id: string;
  status: string;
  seq: number;
  edition: number;
  draft: { sites: { key: number; form: Record<string, string>; accesses: { key: number }[] }[]; sponsor: Record<string, string> };
  sections: { section: string; version: number; problems: { section: string; field: string; rule: string }[] }[];
};

/** A filing's draft. */
export function draft(doors: Doors, id: string): Promise<Draft> {
  return doors.read<Draft>('filings/draft', { id });
}

/** Where a filing stands. */
export async function status(doors: Doors, id: string): Promise<string> {
  const { view } = await doors.read<{ view: { status: string } }>('filings/progress', { id });
  return view.status;
}

/** Begins a filing. */
export async function begin(doors: Doors): Promise<string> {
  const next = await doors.write('filings/create', {});
  return next.split('/')[2]!;
}

/** Keeps the answers of one section. */
export async function save(doors: Doors, id: string, section: string, form: { [key: string]: Value }): Promise<void> {
  const [kind, site, access] = section.split('-');
  const version = (await draft(doors, id)).sections.find((state) => state.section === section)?.version ?? 0;
  const fields: { [key: string]: Value } = { id, version: String(version), form };
  if (site) fields.site = site;
  if (access) fields.access = access;
  await doors.write(`filings/save_${kind}`, fields);
}

/** Begins a filing and answers everything but the materials. */
export async function fillIn(doors: Doors, answers: Answers): Promise<string> {
  const id = await begin(doors);
  for (let at = 1; at < answers.sites.length; at += 1) await doors.write('filings/add_site', { id });
  await save(doors, id, 'sponsor', sponsorForm(answers));
  const { sites } = (await draft(doors, id)).draft;
  for (const [at, site] of answers.sites.entries()) {
    const { key, accesses } = sites[at]!;
    await save(doors, id, `site-${key}`, siteForm(answers, site));
    await save(doors, id, `access-${key}-${accesses[0]!.key}`, accessForm(answers, site));
    for (const address of site.further ?? []) {
      const page = await doors.write('filings/add_access', { id, site: String(key) });
      await save(doors, id, `access-${key}-${page.split('/').pop()!}`, accessForm(answers, site, address));
    }
  }
  return id;
}

/** Uploads every material that is missing. */
export async function uploadMissing(doors: Doors, id: string): Promise<void> {
  const state = (await draft(doors, id)).sections.find((state) => state.section === 'materials');
  const missing = (state?.problems ?? []).flatMap(({ field }) => [/^(\d+)\[(.+)\]$/.exec(field)].filter((found) => !!found));
  for (const [at, [, kind, section]] of missing.entries()) {
    const response = await doors.upload({ id, section: section!, kind: kind! }, `material-${kind}.png`, png(at));
    expect(response.status(), await response.text()).toBe(200);
  }
}

/** The declarations that a submission needs. */
export const CONSENT = { truthful: 'yes', personal_data: 'yes' };

/** Submits, or submits again what came back. */
export async function submit(doors: Doors, id: string, verb: 'submit' | 'resubmit' = 'submit'): Promise<void> {
  const view = await draft(doors, id);
  const open = view.sections.filter((state) => state.section !== 'consent').flatMap((state) => state.problems);
  expect(open, 'nothing is left to answer').toEqual([]);
  const version = view.sections.find((state) => state.section === 'consent')?.version ?? 0;
  await doors.write(`filings/${verb}`, {
    id,
    seq: String(view.seq),
    edition: String(view.edition),
    retry_key: randomUUID(),
    version: String(version),
    form: CONSENT,
  });
}

/** A company's filing, handed in. */
export async function handIn(doors: Doors, answers: Answers): Promise<string> {
  const id = await fillIn(doors, answers);
  await uploadMissing(doors, id);
  await submit(doors, id);
  return id;
}
