import { expect, type APIResponse, type BrowserContext } from '@playwright/test';

/** What a form holds: nested as its input names are. */
export type Value = string | string[] | { [key: string]: Value } | { [key: string]: Value }[];

function pairs(name: string, value: Value, out: [string, string][]): void {
  if (typeof value === 'string') out.push([name, value]);
  else if (Array.isArray(value)) {
    value.forEach((one, at) => (typeof one === 'string' ? out.push([`${name}[]`, one]) : pairs(`${name}[${at}]`, one, out)));
  } else for (const [key, one] of Object.entries(value)) pairs(name ? `${name}[${key}]` : key, one, out);
}

/** The server's doors, as a page of this context would knock at them: the way to a state that a test begins with. */
export class Doors {
  /** Who is signed in, once somebody is. */
  userName = '';

  constructor(
    readonly context: BrowserContext,
    readonly origin: string,
  ) {}

  /** Has the pages drawn in a language from now on. */
  async speak(lang: 'zh' | 'en'): Promise<void> {
    const { hostname } = new URL(this.origin);
    await this.context.addCookies([{ name: '__Host-lang', value: lang, domain: hostname, path: '/', secure: true, httpOnly: true }]);
  }

  /** Reads; fails on anything but an answer. */
  async read<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    const response = await this.context.request.get(`${this.origin}/api/${path}`, {
      params: query,
      headers: { Accept: 'application/json' },
    });
    expect(response.status(), `${path}: ${await response.text()}`).toBe(200);
    return (await response.json()) as T;
  }

  /** Writes, whatever the answer. */
  async post(path: string, fields: { [key: string]: Value }, headers: Record<string, string> = {}): Promise<APIResponse> {
    const list: [string, string][] = [];
    pairs('', fields, list);
    return this.context.request.post(`${this.origin}/api/${path}`, {
      data: new URLSearchParams(list).toString(),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
        Origin: this.origin,
        ...headers,
      },
    });
  }

  /** Writes; fails on anything but success, and answers where a page would go next. */
  async write(path: string, fields: { [key: string]: Value }): Promise<string> {
    const response = await this.post(path, fields);
    expect(response.status(), `${path}: ${await response.text()}`).toBe(200);
    return ((await response.json()) as { next?: string }).next ?? '';
  }

  /** Sends a material. */
  async upload(fields: { id: string; section: string; kind: string }, name: string, bytes: Buffer): Promise<APIResponse> {
    return this.context.request.post(`${this.origin}/api/materials/upload`, {
      multipart: { ...fields, file: { name, mimeType: name.endsWith('png') ? 'image/png' : 'image/jpeg', buffer: bytes } },
      headers: { Accept: 'application/json', Origin: this.origin },
    });
  }
}
