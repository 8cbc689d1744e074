import { characters, creditCode, domain, identityNumber, mobile, word } from './numbers';

/** Where a sponsor resides; each province has its provider, its bureau and its policy in the demo. */
export type Place = 'beijing' | 'zhejiang' | 'jiangsu';

/** What a place means for the forms. */
export const PLACES = {
  beijing: {
    province: ['110000', '北京市'],
    city: '110100',
    county: '110105',
    area: '010',
    provider: ['0190c0de-0000-7000-8000-000000000001', '云上网络科技有限公司'],
    service: 'YS-2026-0001',
    network: '203.0.113',
    location: '2',
    clerk: 'yunshang-clerk',
    reviewer: 'beijing-reviewer-1',
  },
  zhejiang: {
    province: ['330000', '浙江省'],
    city: '330100',
    county: '330106',
    area: '0571',
    provider: ['0190c0de-0000-7000-8000-000000000002', '恒通数据服务有限公司'],
    service: 'HT-2026-0001',
    network: '198.51.100',
    location: '34',
    clerk: 'hengtong-clerk',
    reviewer: 'zhejiang-reviewer-1',
  },
  jiangsu: {
    province: ['320000', '江苏省'],
    city: '320100',
    county: '320105',
    area: '025',
    provider: ['0190c0de-0000-7000-8000-000000000002', '恒通数据服务有限公司'],
    service: 'HT-2026-0001',
    network: '198.51.100',
    location: '34',
    clerk: 'hengtong-clerk',
    reviewer: 'jiangsu-reviewer-1',
  },
} as const;

/** A person in charge. */
export type Person = { name: string; identity: string; mobile: string; emergency: string; email: string };
/** A site with its access, or one for each further address; without a person of its own it has the sponsor's. */
export type Site = { name: string; domain: string; address: string; further?: string[]; person?: Person };
/** A company's first filing. */
export type Answers = {
  place: Place;
  name: string;
  creditCode: string;
  address: string;
  person: Person;
  sites: Site[];
};

/** A person who never was. */
export function person(): Person {
  return { name: `${characters(3)}`, identity: identityNumber(), mobile: mobile(), emergency: mobile(), email: `${word(8)}@post.example` };
}

/** A site that nobody has filed. */
export function site(place: Place, own?: Person): Site {
  const address = `${PLACES[place].network}.${20 + Math.floor(Math.random() * 100)}`;
  return { name: `${characters(4)}官方网站`, domain: domain(), address, ...(own && { person: own }) };
}

/** A company that never was, with so many sites. */
export function company(place: Place = 'beijing', sites = 1): Answers {
  return {
    place,
    name: `${characters(6)}科技有限公司`,
    creditCode: creditCode(),
    address: `${characters(2)}路${1 + Math.floor(Math.random() * 90)}号院3号楼1206室`,
    person: person(),
    sites: Array.from({ length: sites }, () => site(place)),
  };
}

function personForm(who: Person): Record<string, string> {
  return {
    person_name: who.name,
    person_certificate_type: '2',
    person_certificate_number: who.identity,
    person_certificate_from: '2015-06-01',
    person_certificate_until: 'long_term',
    person_mobile: who.mobile,
    person_emergency_phone: who.emergency,
    person_email: who.email,
  };
}

/** The sponsor's answers as its form sends them. */
export function sponsorForm(answers: Answers): Record<string, string> {
  const place = PLACES[answers.place];
  return {
    nature: '4',
    name: answers.name,
    certificate_type: '1',
    certificate_number: answers.creditCode,
    certificate_address: `${place.province[1]}${answers.address}`,
    investor: answers.person.name,
    province: place.province[0],
    city: place.city,
    county: place.county,
    address: answers.address,
    ...personForm(answers.person),
    person_office_phone: `086-${place.area}-10000321`,
  };
}

/** A site's answers as its form sends them. */
export function siteForm(answers: Answers, site: Site): Record<string, string | string[]> {
  return {
    name: site.name,
    domain: site.domain,
    home_page: `www.${site.domain}`,
    services: ['8'],
    languages: ['1'],
    preapprovals: ['none'],
    ...(site.person
      ? { ...personForm(site.person), person_office_phone: `086-${PLACES[answers.place].area}-10000322` }
      : { person_same_as_sponsor: 'yes' }),
  };
}

/** An address at the same provider that is no site's first one. */
export function furtherAddress(place: Place): string {
  return `${PLACES[place].network}.${1 + Math.floor(Math.random() * 19)}`;
}

/** An access's answers as its form sends them. */
export function accessForm(answers: Answers, site: Site, addresses = site.address): Record<string, string | string[]> {
  const place = PLACES[answers.place];
  return {
    provider_id: place.provider[0],
    service_code: place.service,
    method: '5',
    addresses,
    locations: [place.location],
  };
}
