import type { Page } from '@playwright/test';
import { deflateSync } from 'node:zlib';

export function crc(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}

/** A PNG in colour; another seed is another picture. */
export function png(seed = 0, width = 900, height = 640): Buffer {
  const line = 1 + width * 3;
  const pixels = Buffer.alloc(line * height, 0xee);
  for (let y = 0; y < height; y += 1) {
    pixels[y * line] = 0;
    if (y % 40 > 4) continue;
    for (let x = 60; x < 300 + ((seed * 37 + y * 13) % 500); x += 1) pixels.fill(60 + (seed % 90), y * line + 1 + x * 3, y * line + 4 + x * 3);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}

/** A JPEG, drawn by the browser. */
export async function jpeg(page: Page, words: string): Promise<Buffer> {
  const url = await page.evaluate((words) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1000, 700];
    const pen = canvas.getContext('2d')!;
    pen.fillStyle = '#f4f1e8';
    pen.fillRect(0, 0, 1000, 700);
    pen.fillStyle = '#223';
    pen.font = '48px sans-serif';
    pen.fillText(words, 80, 160);
    return canvas.toDataURL('image/jpeg', 0.8);
  }, words);
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
