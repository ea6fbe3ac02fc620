import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownNameOf } from '../../src/device/own-name.ts';
import { announcement } from '../../src/protocol/announcement.ts';
import type { Observation } from '../../src/protocol/observation.ts';

function nameIn(observation: object): string {
  const own = ownNameOf(observation as Observation);
  return own === undefined ? '' : `${own.source}: ${own.name}`;
}

test('what a device calls itself is its name, by the protocol that said so', () => {
  for (const [observation, expected] of [
    [{ kind: 'upnp-description', friendlyName: ' Hall ' }, 'upnp: Hall'],
    [{ kind: 'device-info', form: 'hnap', name: 'DCH-S150' }, 'description: DCH-S150'],
    [announcement('kasa', 'device', { name: 'Desk lamp' }), 'kasa: Desk lamp'],
    [{ kind: 'ntlm', messageType: 2, computerName: 'FILES' }, 'ntlm: FILES'],
    [{ kind: 'lldp', systemName: 'switch-1' }, 'lldp: switch-1'],
    [{ kind: 'cdp', deviceId: 'SEP001122AABBCC' }, 'cdp: SEP001122AABBCC'],
    [{ kind: 'snmp', pduType: 2, name: 'printer-2' }, 'snmp: printer-2'],
    [{ kind: 'dhcpv6', relays: 0, messageType: 1, clientFqdn: 'annas-laptop' }, 'dhcpv6: annas-laptop'],
    [{ kind: 'bacnet-text', property: 77, text: 'AHU-3' }, 'bacnet: AHU-3'],
  ] as const) {
    assert.equal(nameIn(observation), expected);
  }
});

test('names of others, and empty ones, are not', () => {
  for (const observation of [
    announcement('kasa', 'query', { name: 'Desk lamp' }),
    { kind: 'snmp', pduType: 3, name: 'what a manager sets' },
    { kind: 'dhcpv6', relays: 1, messageType: 1, clientFqdn: 'annas-laptop' },
    { kind: 'dhcpv6', relays: 0, messageType: 7, clientFqdn: 'annas-laptop' },
    { kind: 'bacnet-text', property: 70, text: 'Model 9' },
    { kind: 'upnp-description', friendlyName: '  ' },
    { kind: 'http-title', title: 'Login' },
  ]) {
    assert.equal(nameIn(observation), '');
  }
});
