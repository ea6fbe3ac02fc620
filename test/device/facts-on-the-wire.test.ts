/** Every fact about what a device says in so many words: a device that says so brings it up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMac } from '../../src/bytes/address.ts';
import type { Fact, FactKind } from '../../src/fingerprint/fact.ts';
import { builtInKnowledge } from '../../src/fingerprint/knowledge.ts';
import { Scene } from '../detect/scene.ts';
import { Simulated } from './simulated.ts';

const DEVICES_A_SCENE = 100;
const FIRST_ADDRESS = 100;
/** A universal prefix that nobody has. */
const NOBODYS = 0xfc_ff_fe_00_00_00;
/** Longest label of a DNS name. */
const MAX_LABEL = 63;

/** A value that the pattern matches. */
function sample(pattern: string): string {
  if (pattern.startsWith('/')) {
    // The generator knows no word boundaries; a value ends where its pattern does.
    const text = pattern.slice(1, pattern.lastIndexOf('/')).replaceAll('\\b', '');
    const whole = new RegExp(`^(?:${text.replace(/^\^/, '').replace(/\$$/, '')})$`);
    return fc.sample(fc.stringMatching(whole, { maxLength: MAX_LABEL }), { numRuns: 1, seed: 7 })[0]!;
  }
  return pattern.replaceAll('*', 'x-1').replaceAll('#', '3').replaceAll('?', 'q');
}

/** How a device says a value of that kind. */
const SAYS: Partial<Record<FactKind, (device: Simulated, value: string) => Simulated>> = {
  host: (device, hostName) => device.dhcp({ hostName }),
  domain: (device, domain) => device.asks(domain),
  'dhcp.vendorClass': (device, vendorClass) => device.dhcp({ vendorClass }),
  'dhcp.parameters': (device, list) => device.dhcp({ parameters: list.split(',').map(Number) }),
  'mdns.service': (device, type) => device.announces({ type, instance: 'It', host: 'it-77' }),
  'mdns.instance': (device, instance) => device.announces({ type: '_http._tcp', instance, host: 'it-77' }),
  'mdns.txt': (device, text) =>
    device.announces({ type: '_http._tcp', instance: 'It', txt: [text], host: 'it-77' }),
  'ssdp.server': (device, SERVER) => device.notifies({ NT: 'upnp:rootdevice', USN: 'uuid:0', SERVER }),
  'ssdp.target': (device, NT) => device.notifies({ NT, USN: 'uuid:0' }),
  'ssdp.header': (device, line) => {
    const at = line.indexOf(': ');
    return device.notifies({ NT: 'upnp:rootdevice', USN: 'uuid:0', [line.slice(0, at)]: line.slice(at + 2) });
  },
  manufacturer: (device, manufacturer) => device.describes({ manufacturer }),
  'upnp.model': (device, modelName) => device.describes({ modelName }),
  model: (device, word) =>
    device.describes({ modelName: word }).announces({ type: '_http._tcp', instance: word, host: 'it-77' }),
  'http.userAgent': (device, userAgent) => device.browsesAs(userAgent),
  'http.server': (device, Server) => device.serves({ Server }),
  'http.request': (device, request) => {
    const slash = request.indexOf('/');
    return device.browsesAs('', request.slice(0, slash), request.slice(slash));
  },
  'http.realm': (device, realm) => device.demandsLogin(realm),
  'ssh.banner': (device, banner) => device.greets(banner),
  'snmp.description': (device, text) => device.describesSystem(text),
  'tftp.file': (device, file) => device.fetches(file),
  'mqtt.topic': (device, topic) => device.subscribes('client', topic),
};

const facts = builtInKnowledge().facts.filter(({ kind }) => SAYS[kind] !== undefined);

/** Facts whose words did not bring them up, in a scene of many devices that say one thing each. */
async function unheard(some: readonly Fact[]): Promise<string[]> {
  const scene = new Scene();
  some.forEach(({ kind, pattern }, i) => {
    const device = new Simulated(formatMac(NOBODYS + i), `192.168.1.${FIRST_ADDRESS + i}`, scene);
    SAYS[kind]!(device, sample(pattern));
  });
  await scene.report();
  const { matched } = builtInKnowledge();
  return some
    .filter(({ origin }) => !matched.has(origin))
    .map(({ origin, kind, pattern }) => `${origin} ${kind} ${pattern} (${sample(pattern)})`);
}

test('every fact is brought up by a device that says what it is about', async () => {
  const missing: string[] = [];
  for (let from = 0; from < facts.length; from += DEVICES_A_SCENE)
    missing.push(...(await unheard(facts.slice(from, from + DEVICES_A_SCENE))));
  assert.deepEqual(missing, []);
});
