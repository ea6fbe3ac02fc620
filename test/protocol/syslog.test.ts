import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type SyslogObservation, syslogDecoder } from '../../src/protocol/syslog.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { bytesOf } from './write.ts';

const modern = bytesOf('<34>1 2003-10-11T22:14:15.003Z nas.example.org su 77 ID47 - secret text');
const old = bytesOf('<13>Oct  1 22:14:15 router dropbear[812]: secret text');

const heads = (text: string): readonly [string, string] => {
  const { hostName, application } = decodeOne(syslogDecoder, bytesOf(text)) as SyslogObservation;
  return [hostName, application];
};

it('reads who speaks, and keeps nothing of what is said', () => {
  assert.deepEqual(decodeOne(syslogDecoder, modern), {
    kind: 'syslog',
    version: 1,
    facility: 4,
    severity: 2,
    hostName: 'nas.example.org',
    application: 'su',
  });
  assert.deepEqual(decodeOne(syslogDecoder, old), {
    kind: 'syslog',
    version: 0,
    facility: 1,
    severity: 5,
    hostName: 'router',
    application: 'dropbear',
  });
});

it('reads the forms that leave something out', () => {
  assert.deepEqual(heads('<34>1 - - app - - -'), ['', 'app']);
  assert.deepEqual(heads('<30>Oct 11 22:14:15 dnsmasq[1]: x'), ['', 'dnsmasq']);
  assert.deepEqual(heads('<30>hostapd: x'), ['', 'hostapd']);
  assert.deepEqual(heads('<30>free text without a name'), ['', '']);
});

it('leaves other text alone', () => {
  assert.equal(decode(syslogDecoder, bytesOf('<192>1 - - - - -')).result, 'foreign');
  assert.equal(decode(syslogDecoder, bytesOf('hello')).result, 'foreign');
});

hostile(syslogDecoder, [modern, old]);
