// The texts of a page in both languages, and what is left of them when the names are taken away.

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/**
 * Every text of the page that reaches a person, by eye, ear or tooltip. What is marked as of a language of its own is not of
 * the page's; keys to press and words of programs are of none.
 */
export async function texts(page: Page): Promise<string[]> {
  const found = await page.evaluate(() => {
    const out: string[] = [document.title];
    const own = document.documentElement.lang;
    const foreign = (element: Element): boolean => (element.closest('[lang]')?.getAttribute('lang') ?? own) !== own;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement!;
      if (element.closest('script, style, template, kbd, code') || foreign(element)) continue;
      if (node instanceof Element) {
        for (const name of ['placeholder', 'aria-label', 'aria-description', 'title', 'alt', 'label']) out.push(element.getAttribute(name) ?? '');
        if (element instanceof HTMLInputElement && ['submit', 'button', 'reset'].includes(element.type)) out.push(element.value);
      } else if (!(element instanceof HTMLTextAreaElement)) out.push(node.textContent ?? '');
    }
    for (const meta of document.querySelectorAll('meta[name="description"]')) out.push(meta.getAttribute('content') ?? '');
    return out;
  });
  return [...new Set(found.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text))];
}

/** Names that are the same in every language: each with why it is one. */
const SAME = [
  /ICP/, // 京ICP备…, the name of the filing itself
  /IPv[46]|IP\b/, /\bTOTP\b/, /\bSMS\b/, /\bWAP\b/, /\bAPP\b/, /\bJSON\b/, /\bHTML\b/, /\bHTTPS?\b/, /\bPDF\b/, /\bJPEG\b/, /\bPNG\b/, /\bCtrl\b/, // of techniques
  /Beian-Demo-2026/, // the demo's one password
  /\b(?:kB|MB|GB|KB)\b/, // units
  /\bChrome · (?:Windows|Linux)\b/, // of the browser that runs this
];
/** What is made of digits, or stands for a thing by signs alone. */
const SIGNS = [
  /\b[A-Z2-7]{4}(?:[ -][A-Z2-7]{4}){3,}\b/g, // keys of authenticators and recovery codes, before what their groups look like
  /[\p{Script=Han}]ICP备\d+号(?:-\d+)?/gu, // filing numbers
  /[\w.*+-]+@[\w.-]+/g, // addresses of mail
  /https?:\/\/\S+/g,
  /(?:[\p{L}\p{N}-]+\.)+(?:example|cn|com|html|png|jpg|jpeg|pdf|invalid|test)\b/gu, // domains and files
  /\/(?:[a-z0-9_-]+\/?)+(?:\?[\w=&.%-]+)?/g, // paths
  /\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g,
  /\b(?=[A-Z0-9-]*\d)[A-Z0-9-]{4,}\b/g, // certificates, services, licences
  /\b[a-z]+(?:-[a-z0-9]+)+\b/g, // user names
];

const CHINESE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

/** What English sentences quote because it is typed, or asked for, in Chinese. */
const QUOTED = ['中关村大街1号A座305室', '中国', '人民', '公安联网备案'];

/** The names of places, which English pages say in Latin letters first: `Hangzhou 杭州市`. */
const places: string[] = readFileSync('../domain/data/divisions.csv', 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => line.split(',')[1]!)
  .sort((a, b) => b.length - a.length);
const atPlaces = new Set(places);

function isPlace(chinese: string): boolean {
  if (!chinese) return true;
  for (let length = chinese.length; length >= 2; length -= 1) {
    if (atPlaces.has(chinese.slice(0, length)) && isPlace(chinese.slice(length))) return true;
  }
  return false;
}

function withoutNames(text: string, names: string[]): string {
  let rest = text;
  for (const name of [...names, ...QUOTED]) rest = rest.replaceAll(name, ' ');
  for (const sign of SIGNS) rest = rest.replace(sign, ' ');
  const place = /^\p{Lu}[\p{Script=Latin}' ,()-]* (\p{Script=Han}+)$/u.exec(text.trim());
  if (place && isPlace(place[1]!)) rest = '';
  return rest;
}

/** What an English page says in Chinese, or as the Chinese page says it, without being a name. */
export function untranslated(english: string[], chinese: string[], names: string[]): string[] {
  // Words of programs among them (yes, sent, a status) would hide what is not translated.
  const isName = (text: string) => (CHINESE.test(text) ? text.length > 1 : text.length > 3 && /[\d.@-]/.test(text));
  const known = [...new Set(names)].filter(isName).sort((a, b) => b.length - a.length);
  const there = new Set(chinese);
  return english.filter((text) => {
    let rest = withoutNames(text, known);
    if (CHINESE.test(rest)) return true;
    for (const same of SAME) rest = rest.replace(new RegExp(same, 'g'), ' ');
    return there.has(text) && /\p{L}/u.test(rest);
  });
}

/** Every string within a value: what a person typed, as the doors answer it. */
export function strings(value: unknown): string[] {
  if (typeof value === 'string') return value.split('\n').map((line) => line.trim());
  if (value && typeof value === 'object') return Object.values(value).flatMap(strings);
  return [];
}
