/** The products of `products.tsv` with the evidence that what they say makes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Mac, NO_MAC, parseMac } from '../../src/bytes/address.ts';
import { Claims } from '../../src/fingerprint/collect/claim.ts';
import type { Evidence } from '../../src/fingerprint/evidence.ts';
import type { FactKind } from '../../src/fingerprint/fact.ts';
import { builtInKnowledge } from '../../src/fingerprint/knowledge.ts';

export interface Product {
  readonly name: string;
  readonly mac: Mac;
  /** What is right; '' for unknown. */
  readonly brand: readonly string[];
  readonly category: readonly string[];
  /** What it says, as key and value. */
  readonly signals: readonly (readonly [key: string, value: string])[];
  readonly evidence: readonly Evidence[];
  readonly domains: number;
}

const BY_FACT: Readonly<Record<string, readonly [source: string, kind: FactKind]>> = {
  vc: ['dhcp.vendorClass', 'dhcp.vendorClass'],
  prl: ['dhcp.parameters', 'dhcp.parameters'],
  snmp: ['snmp.description', 'snmp.description'],
  svc: ['mdns.service', 'mdns.service'],
  txt: ['mdns.txt', 'mdns.txt'],
  inst: ['mdns.instance', 'mdns.instance'],
  ssdp: ['ssdp.server', 'ssdp.server'],
  nt: ['ssdp.target', 'ssdp.target'],
  ua: ['http.userAgent', 'http.userAgent'],
  srv: ['http.server', 'http.server'],
  req: ['http.request', 'http.request'],
  vend: ['vendor.discovery', 'vendor'],
};

function say(claims: Claims, key: string, value: string): void {
  if (key === 'host') claims.byHostName('dhcp.hostName', value);
  else if (key === 'dom') claims.byDomain('dns.query', value);
  else if (key === 'man') claims.claimBrand('upnp.manufacturer', value);
  else if (key === 'mod') claims.claimModel('upnp.modelName', value);
  else if (key === 'wsd') claims.say('wsd.type', value, { category: 'camera' }, 0.88);
  else {
    const known = BY_FACT[key];
    if (known === undefined) throw new Error(`products.tsv: unknown signal ${key}`);
    if (!claims.byFact(known[0], known[1], value)) claims.byModel(known[0], value);
  }
}

function readProduct(line: string): Product {
  const [name = '', prefix = '', brand = '', category = '', said = ''] = line.split('\t');
  const evidence: Evidence[] = [];
  const claims = new Claims((one) => evidence.push(one), builtInKnowledge());
  const signals = said
    .split(' ; ')
    .filter((signal) => signal !== '')
    .map((signal): [string, string] => {
      const at = signal.indexOf('=');
      return [signal.slice(0, at), signal.slice(at + 1)];
    });
  for (const [key, value] of signals) say(claims, key, value);
  const values = (list: string): string[] => list.split('|').map((value) => (value === '-' ? '' : value));
  return {
    name,
    mac: prefix === '-' ? NO_MAC : parseMac(`${prefix}:01:02:03`),
    brand: values(brand),
    category: values(category),
    signals,
    evidence,
    domains: signals.filter(([key]) => key === 'dom').length,
  };
}

export function readProducts(): Product[] {
  return readFileSync(join(import.meta.dirname, 'products.tsv'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readProduct);
}
