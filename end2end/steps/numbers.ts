// Made-up people and units, as in the demo: numbers that are formally right and belong to nobody.

const IDENTITY_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CREDIT_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

function digits(count: number): string {
  return Array.from({ length: count }, () => random(10)).join('');
}

/** An identity number of somebody born before 1910 (GB 11643-1999). */
export function identityNumber(): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const stem = `110105190${random(10)}${two(1 + random(12))}${two(1 + random(28))}${digits(3)}`;
  const sum = [...stem].reduce((sum, digit, at) => sum + Number(digit) * IDENTITY_WEIGHTS[at]!, 0);
  return stem + '10X98765432'[sum % 11];
}

/** A credit code of an office that registers nobody (GB 32100-2015, GB 11714-1997). */
export function creditCode(): string {
  const organisation = digits(8);
  const sum = [...organisation].reduce((sum, digit, at) => sum + Number(digit) * ORGANISATION_WEIGHTS[at]!, 0);
  const check = 11 - (sum % 11);
  const stem = `91110105${organisation}${check === 10 ? 'X' : check === 11 ? '0' : check}`;
  const total = [...stem].reduce((sum, character, at) => sum + CREDIT_CHARACTERS.indexOf(character) * (3 ** at % 31), 0);
  return stem + CREDIT_CHARACTERS[(31 - (total % 31)) % 31];
}

/** A mobile of a prefix that no operator has; only the demo's rule tables let it pass in a filing. */
export function mobile(): string {
  return `1003${digits(7)}`;
}

/** A mobile for an account, which the rules want to begin as real ones do. */
export function accountMobile(): string {
  return `1900${digits(7)}`;
}

/** A name under a suffix that nobody registers (RFC 2606). */
export function domain(): string {
  return `site-${word(8)}.example`;
}

/** Small letters that no other test uses. */
export function word(length: number): string {
  return Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[random(26)]).join('');
}

/** Chinese characters that tell one test's names from another's. */
export function characters(length: number): string {
  const all = '云帆远山清泉晨曦星河青禾听雨松风南溪北辰东篱西岭长亭微光拾光半夏知秋归舟望岳鹿鸣鲸落百草千帆万象橙果木棉银杏海棠紫藤竹韵兰亭琢玉墨池丹青锦瑟';
  return Array.from({ length }, () => all[random(all.length)]).join('');
}
