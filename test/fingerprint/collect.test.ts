import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectEvidence } from '../../src/fingerprint/collect.ts';
import type { Evidence } from '../../src/fingerprint/evidence.ts';
import { announcement } from '../../src/protocol/announcement.ts';
import type { Dhcpv4Observation } from '../../src/protocol/dhcpv4.ts';
import type { DnsObservation, DnsRecord } from '../../src/protocol/dns.ts';
import type { Observation } from '../../src/protocol/observation.ts';

function collected(observation: Observation): Evidence[] {
  const list: Evidence[] = [];
  collectEvidence(observation, (evidence) => list.push(evidence));
  return list;
}

function supported(observation: Observation, field: 'brand' | 'model' | 'category' | 'os'): string[] {
  return [...new Set(collected(observation).flatMap(({ supports }) => supports[field] ?? []))].sort();
}

function dhcp(fields: Partial<Dhcpv4Observation>): Observation {
  const empty = {
    op: 1,
    hostName: '',
    clientFqdn: '',
    vendorClass: '',
    userClass: '',
    vendorIdentifyingClass: [],
    parameterRequestList: [],
  };
  return { kind: 'dhcp', ...empty, ...fields } as unknown as Observation;
}

function dns(protocol: DnsObservation['protocol'], fields: Partial<DnsObservation>): Observation {
  const empty = {
    isResponse: true,
    opcode: 0,
    flags: 0,
    rcode: 0,
    transactionId: 0,
    questions: [],
    records: [],
  };
  return { kind: 'dns', protocol, ...empty, ...fields } as unknown as Observation;
}

function record(name: string, type: number, fields: Partial<DnsRecord>): DnsRecord {
  const empty = { section: 'answer', class: 1, cacheFlush: false, ttl: 120, value: '', port: 0, strings: [] };
  return { name, type, ...empty, ...fields } as unknown as DnsRecord;
}

function ssdp(method: 'notify' | 'search' | 'response', headers: Record<string, string>): Observation {
  return { kind: 'ssdp', method, headers: new Map(Object.entries(headers)) } as unknown as Observation;
}

test('DHCP: the client speaks, the server does not', () => {
  const plug = {
    hostName: 'HS110(US)',
    vendorClass: 'udhcp 0.9.9',
    parameterRequestList: [1, 3, 6, 12, 15, 28],
  };
  assert.deepEqual(supported(dhcp(plug), 'brand'), ['TP-Link']);
  assert.deepEqual(supported(dhcp(plug), 'category'), ['plug']);
  assert.deepEqual(supported(dhcp(plug), 'os'), ['Linux']);
  assert.deepEqual(collected(dhcp({ ...plug, op: 2 })), []);
  assert.deepEqual(supported(dhcp({ clientFqdn: 'DESKTOP-1A2B3C4.example.lan' }), 'os'), ['Windows']);
});

test('DNS: who asks, not who answers', () => {
  const question = { name: 'Devs.TPLinkCloud.com', type: 1, class: 1 };
  const asked = collected(dns('dns', { isResponse: false, questions: [question] }));
  assert.deepEqual(
    asked.map(({ source, supports }) => [source, supports.brand]),
    [['dns.query', 'TP-Link']],
  );
  assert.deepEqual(collected(dns('dns', { questions: [question] })), []);
});

test('DNS: a web site is visited by people', () => {
  const weights = (name: string): number[] =>
    collected(dns('dns', { isResponse: false, questions: [{ name, type: 1, class: 1 }] })).map(
      ({ weight }) => weight,
    );
  assert.ok(weights('www.xbcs.net').every((weight) => weight < 0.5));
  assert.ok(weights('api.xbcs.net').every((weight) => weight > 0.9));
  assert.ok(weights('meethue.com').every((weight) => weight < 0.6));
});

test('mDNS: what is announced counts, what is looked for does not', () => {
  const instance = 'Philips Hue - 123456._hue._tcp.local';
  const records = [
    record('_hue._tcp.local', 12, { value: instance }),
    record(instance, 33, { value: 'hue.local', port: 443 }),
    record(instance, 16, { strings: ['bridgeid=001788fffe123456', 'modelid=BSB002'] }),
  ];
  assert.deepEqual(supported(dns('mdns', { records }), 'category'), ['hub']);
  assert.deepEqual(supported(dns('mdns', { records }), 'brand'), ['Philips']);
  const search = { isResponse: false, questions: [{ name: '_hue._tcp.local', type: 12, class: 1 }], records };
  assert.deepEqual(collected(dns('mdns', search)), []);
});

test('mDNS: a computer that shares a printer is no printer', () => {
  const instance = 'HP LaserJet @ office._ipp._tcp.local';
  const strings = ['ty=HP LaserJet Pro', 'usb_MFG=HP'];
  const shared = [
    record('_ipp._tcp.local', 12, { value: instance }),
    record(instance, 33, { value: 'office.local', port: 631 }),
    record(instance, 16, { strings: ['rp=printers/HP_LaserJet', ...strings] }),
  ];
  assert.deepEqual(supported(dns('mdns', { records: shared }), 'category'), ['computer']);
  assert.deepEqual(supported(dns('mdns', { records: shared }), 'brand'), []);
  const bare = [record('_services._dns-sd._udp.local', 12, { value: '_ipp._tcp.local' }), shared[0]!];
  assert.deepEqual(supported(dns('mdns', { records: bare }), 'category'), [], 'it may be shared');
  const own = [shared[0]!, shared[1]!, record(instance, 16, { strings: ['rp=ipp/print', ...strings] })];
  assert.deepEqual(supported(dns('mdns', { records: own }), 'category'), ['printer']);
  assert.deepEqual(supported(dns('mdns', { records: own }), 'brand'), ['HP']);
});

test('SSDP: an announcement speaks for the sender, a search does not', () => {
  const target = {
    nt: 'urn:Belkin:device:insight:1',
    usn: 'uuid:Insight-1_0-X::urn:Belkin:device:insight:1',
  };
  assert.deepEqual(supported(ssdp('notify', target), 'category'), ['plug']);
  assert.deepEqual(supported(ssdp('search', { st: 'urn:Belkin:device:insight:1' }), 'brand'), []);
});

test('UPnP: an unknown maker is believed at its word, an empty field is not', () => {
  const described = {
    kind: 'upnp-description',
    deviceType: '',
    friendlyName: 'x',
    modelNumber: '',
    modelDescription: '',
  };
  const unknown = {
    ...described,
    manufacturer: 'Nobody & Sons',
    modelName: 'Gizmo 3000',
  } as unknown as Observation;
  assert.deepEqual(supported(unknown, 'brand'), ['Nobody & Sons']);
  assert.deepEqual(supported(unknown, 'model'), ['Gizmo 3000']);
  const empty = { ...described, manufacturer: 'Unspecified', modelName: '' } as unknown as Observation;
  assert.deepEqual(collected(empty), []);
});

test('hostile text is quoted without control characters and bounded', () => {
  const manufacturer = `Evil\u001b[31m\u202e<script>${'x'.repeat(500)}`;
  const described = {
    kind: 'upnp-description',
    deviceType: '',
    friendlyName: '',
    modelName: manufacturer,
    modelNumber: '',
  };
  for (const { supports } of collected({
    ...described,
    manufacturer,
    modelDescription: '',
  } as unknown as Observation)) {
    for (const text of Object.values(supports) as string[]) {
      assert.ok(text.length <= 60);
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}<>]/u);
    }
  }
});

test('an announcement of a vendor speaks for the device, a query does not', () => {
  assert.deepEqual(supported(announcement('lifx', 'device'), 'category'), ['light']);
  assert.deepEqual(collected(announcement('lifx', 'query')), []);
  const kasa = announcement('kasa', 'device', { model: 'HS110(EU)', deviceType: 'IOT.SMARTPLUGSWITCH' });
  assert.deepEqual(supported(kasa, 'category'), ['plug']);
  assert.deepEqual(supported(announcement('tuya', 'device', { model: 'keyabc123' }), 'model'), []);
});

test('services: a phone, a camera, a computer, a shared print queue', () => {
  const sip = { kind: 'sip', method: 'REGISTER', status: 0, userAgent: 'Yealink SIP-T46S 66.85', server: '' };
  assert.deepEqual(supported(sip as unknown as Observation, 'category'), ['voip']);
  const rtsp = { kind: 'rtsp', method: '', status: 401, userAgent: '', server: '', realm: 'DCS-932L' };
  assert.deepEqual(supported(rtsp as unknown as Observation, 'category'), ['camera']);
  const ntlm = { kind: 'ntlm', messageType: 3, computerName: 'OFFICE', osVersion: '10.0.19041' };
  assert.deepEqual(supported(ntlm as unknown as Observation, 'os'), ['Windows 10']);
  const shared = { ...ntlm, osVersion: '10.0.17763' };
  assert.deepEqual(supported(shared as unknown as Observation, 'os'), ['Windows'], 'a build of two editions');
  const samba = { kind: 'ntlm', messageType: 2, computerName: 'NAS', osVersion: '6.1.0' };
  assert.deepEqual(supported(samba as unknown as Observation, 'os'), []);
  const queue = {
    kind: 'ipp-printer',
    makeAndModel: 'HP LaserJet 4',
    name: 'office',
    info: '',
    deviceId: '',
  };
  assert.deepEqual(supported({ ...queue, path: '/printers/office' } as unknown as Observation, 'brand'), []);
  assert.deepEqual(supported({ ...queue, path: '/printers/office' } as unknown as Observation, 'category'), [
    'computer',
  ]);
  const own = { ...queue, path: '/ipp/print' } as unknown as Observation;
  assert.deepEqual(supported(own, 'category'), ['printer']);
});

test('DHCPv6: what a relay passes on has another sender', () => {
  const solicit = {
    kind: 'dhcpv6',
    messageType: 1,
    relays: 0,
    clientFqdn: 'raspberrypi',
    vendorClass: [],
    optionOrder: [1, 6, 8, 3],
    optionRequest: [23, 24],
  };
  assert.deepEqual(supported(solicit as unknown as Observation, 'category'), ['sbc']);
  assert.deepEqual(collected({ ...solicit, relays: 1 } as unknown as Observation), []);
});

test('a form of description names its vendor', () => {
  const info = {
    kind: 'device-info',
    form: 'shelly',
    name: '',
    manufacturer: '',
    model: 'SHPLG-S',
    description: '',
    firmware: '',
  };
  assert.deepEqual(supported(info as unknown as Observation, 'brand'), ['Shelly']);
  assert.deepEqual(supported(info as unknown as Observation, 'category'), ['plug']);
});

function certificate(subject: object, issuer: object, isSelfIssued: boolean): Observation {
  const none = { commonName: '', organization: '', organizationalUnit: '' };
  return {
    kind: 'tls-certificate',
    subject: { ...none, ...subject },
    issuer: { ...none, ...issuer },
    isSelfIssued,
  } as unknown as Observation;
}

test('a certificate names a maker when the maker signed it, not when an authority did', () => {
  const maker = { organization: 'Philips Hue', commonName: '001788fffe123456' };
  assert.deepEqual(supported(certificate(maker, maker, true), 'brand'), ['Philips']);
  const camera = { commonName: 'DCS-935L' };
  assert.deepEqual(supported(certificate(camera, camera, true), 'category'), ['camera']);
  assert.deepEqual(collected(certificate(maker, { organization: "Let's Encrypt" }, false)), []);
  assert.deepEqual(collected(certificate({ commonName: 'DCS-935L' }, { commonName: 'Some CA' }, false)), []);
});

test('BACnet, CoAP and TFTP: numbers, resources and files that only such devices have', () => {
  const iAm = { kind: 'bacnet-i-am', instance: 7, maxApduBytes: 480, vendorId: 5 };
  assert.deepEqual(supported(iAm as unknown as Observation, 'brand'), ['Johnson Controls']);
  assert.deepEqual(supported(iAm as unknown as Observation, 'category'), ['industrial']);
  const list = { kind: 'coap', links: ['</a>;rt="oic.wk.d oic.d.light";if="oic.if.r"', '</b>;rt="x.y"'] };
  assert.deepEqual(supported(list as unknown as Observation, 'category'), ['light']);
  const read = { kind: 'tftp', operation: 'read', fileName: 'cfg/SEP001122AABBCC.cnf.xml', mode: 'octet' };
  assert.deepEqual(supported(read as unknown as Observation, 'brand'), ['Cisco']);
  assert.deepEqual(collected({ ...read, operation: 'write' } as unknown as Observation), []);
});

test('HTTP: the realm that a device asks a password for', () => {
  const response = {
    kind: 'http-response',
    status: 401,
    server: '',
    authenticate: 'basic',
    realm: 'DCS-932L',
  };
  assert.deepEqual(supported(response as unknown as Observation, 'category'), ['camera']);
});

test('NetBIOS: Windows announces its version, Samba that it is a Unix', () => {
  const host = {
    kind: 'netbios-datagram',
    sourceName: 'OFFICE',
    command: 1,
    serverName: 'OFFICE',
    comment: '',
  };
  const windows = { ...host, osMajor: 10, osMinor: 0, serverType: 0x1003 };
  assert.deepEqual(supported(windows as unknown as Observation, 'os'), ['Windows']);
  const samba = { ...host, osMajor: 6, osMinor: 1, serverType: 0x9a03 };
  assert.deepEqual(supported(samba as unknown as Observation, 'os'), ['Linux']);
  const old = { ...host, osMajor: 6, osMinor: 1, serverType: 0x1003 };
  assert.deepEqual(supported(old as unknown as Observation, 'os'), [], 'as Samba can be set to say');
});

test('HomeKit and Matter: the number of the category', () => {
  const hap = 'Acme 12AB._hap._tcp.local';
  const lock = [record(hap, 16, { strings: ['md=Acme 1', 'ci=6'] })];
  assert.deepEqual(supported(dns('mdns', { records: lock }), 'category'), ['lock']);
  const matter = '0123456789ABCDEF._matterc._udp.local';
  const plug = [record(matter, 16, { strings: ['DT=266', 'VP=4488+259', 'D=840'] })];
  assert.deepEqual(supported(dns('mdns', { records: plug }), 'category'), ['plug']);
  assert.deepEqual(supported(dns('mdns', { records: plug }), 'brand'), ['TP-Link']);
});

test('the author of a media server is not the maker of what it runs on', () => {
  const described = { kind: 'upnp-description', manufacturer: 'Justin Maggard', modelName: '' };
  const rest = { deviceType: '', friendlyName: '', modelNumber: '', modelDescription: '' };
  assert.deepEqual(supported({ ...described, ...rest } as unknown as Observation, 'brand'), []);
});
