/**
 * DNS: what a device asks for tells whose cloud it belongs to; what it answers on multicast tells what it is. A
 * multicast query says only what somebody looks for, and its known answers belong to others: neither is evidence.
 */
import type { DnsObservation, DnsRecord } from '../../protocol/dns.ts';
import type { Claims } from './claim.ts';

const TYPE = { a: 1, ptr: 12, hinfo: 13, txt: 16, aaaa: 28, srv: 33 } as const;

/** TXT keys by which a service names its maker and its model, in lower case. */
const BRAND_KEYS = new Set(['usb_mfg', 'manufacturer', 'mfg', 'vendor', 'mf', 'vn']);
const MODEL_KEYS = new Set([
  'md',
  'model',
  'ty',
  'usb_mdl',
  'rpmd',
  'am',
  'modelname',
  'model_number',
  'product',
  'mdl',
  'modelid',
  'devicetype',
]);

export function collectDns(message: DnsObservation, claims: Claims): void {
  if (message.protocol === 'dns') {
    if (message.isResponse) return;
    for (const question of message.questions) claims.byDomain('dns.query', question.name);
    return;
  }
  if (!message.isResponse) return;
  for (const record of message.records) {
    if (message.protocol === 'mdns') collectMdnsRecord(record, message.records, claims);
    else if (isAddress(record)) claims.byHostName('llmnr.host', record.name);
  }
}

function isAddress(record: DnsRecord): boolean {
  return record.type === TYPE.a || record.type === TYPE.aaaa;
}

function collectMdnsRecord(record: DnsRecord, records: readonly DnsRecord[], claims: Claims): void {
  switch (record.type) {
    case TYPE.a:
    case TYPE.aaaa:
      claims.byHostName('mdns.host', record.name);
      return;
    case TYPE.ptr: {
      // An address is turned into a name: the host's own.
      if (record.name.endsWith('.arpa')) return claims.byHostName('mdns.host', record.value);
      if (isSharedPrinter(record.value, records)) return;
      const listed = record.name.startsWith('_services._dns-sd.');
      if (isAmbiguousPrinter(listed ? record.value : record.name, record.value, records)) return;
      claims.byFact('mdns.service', 'mdns.service', serviceType(listed ? record.value : record.name));
      if (!listed) collectInstance(instanceName(record.value), claims);
      return;
    }
    case TYPE.srv:
      if (isSharedPrinter(record.name, records)) return;
      if (isAmbiguousPrinter(record.name, record.name, records)) return;
      claims.byFact('mdns.service', 'mdns.service', serviceType(record.name));
      collectInstance(instanceName(record.name), claims);
      return;
    case TYPE.txt:
      if (isSharedPrinter(record.name, records)) {
        claims.say('mdns.txt.rp', 'a print queue that it shares', { category: 'computer' }, 0.6);
        return;
      }
      for (const text of record.strings) collectTxt(text, claims);
      return;
    case TYPE.hinfo:
      claims.byFact('mdns.hinfo', 'snmp.description', record.value);
  }
}

function collectInstance(name: string, claims: Claims): void {
  if (!claims.byFact('mdns.instance', 'mdns.instance', name)) claims.byModel('mdns.instance', name);
}

function collectTxt(text: string, claims: Claims): void {
  const known = claims.byFact('mdns.txt', 'mdns.txt', text);
  const equals = text.indexOf('=');
  if (known || equals < 1) return;
  const key = text.slice(0, equals).toLowerCase();
  const value = text.slice(equals + 1);
  if (BRAND_KEYS.has(key)) claims.claimBrand(`mdns.txt.${key}`, value);
  // A printer's `product` is in parentheses, for PostScript's sake.
  else if (MODEL_KEYS.has(key)) claims.claimModel(`mdns.txt.${key}`, value.replace(/^\((.*)\)$/, '$1'));
}

/** A computer that shares a printer speaks in the printer's name; CUPS names its queues `printers/…`. */
function isSharedPrinter(instance: string, records: readonly DnsRecord[]): boolean {
  if (!/\._(?:ipps?|printer|pdl-datastream)\._tcp\./.test(instance)) return false;
  return records.some(
    (record) =>
      record.type === TYPE.txt &&
      record.name === instance &&
      record.strings.some((text) => text.startsWith('rp=printers/')),
  );
}

/** A print service that computers offer too, in a message without the TXT record that would tell whose it is. */
function isAmbiguousPrinter(service: string, instance: string, records: readonly DnsRecord[]): boolean {
  if (!/(?:^|\.)_(?:ipps?|printer)\._tcp\./.test(service)) return false;
  return !records.some((record) => record.type === TYPE.txt && record.name === instance);
}

/** `_hap._tcp` of `Name._hap._tcp.local`, `_universal._sub._ipp._tcp.local` or `_hap._tcp.local`. */
function serviceType(name: string): string {
  return /(_[^.]+\._(?:tcp|udp))(?:\.[^.]+)*$/.exec(name)?.[1] ?? '';
}

/** What stands before the service type. */
function instanceName(name: string): string {
  const at = name.search(/\._[^.]+\._(?:tcp|udp)\./);
  return at > 0 ? name.slice(0, at) : '';
}
