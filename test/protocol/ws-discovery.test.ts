import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type WsDiscoveryObservation, wsDiscoveryDecoder } from '../../src/protocol/ws-discovery.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { bytesOf } from './write.ts';

function envelope(body: string): Uint8Array {
  return bytesOf(
    '<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>',
    '<a:ReplyTo><a:Address>http://anonymous</a:Address></a:ReplyTo></s:Header>',
    `<s:Body>${body}</s:Body></s:Envelope>`,
  );
}

const matches = envelope(
  '<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:1419d68a-1dd2-11b2-a105-000000000000</a:Address>' +
    '</a:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>' +
    '<d:Scopes>\n onvif://www.onvif.org/name/IPC&amp;Co\n onvif://www.onvif.org/hardware/DS-2CD2032</d:Scopes>' +
    '<d:XAddrs>http://192.168.1.64/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches>',
);

describe('ws-discovery', () => {
  it('reads what a camera answers', () => {
    assert.deepEqual(decodeOne(wsDiscoveryDecoder, matches), {
      kind: 'ws-discovery',
      action: 'probe-matches',
      types: ['NetworkVideoTransmitter', 'Device'],
      scopes: ['onvif://www.onvif.org/name/IPC&Co', 'onvif://www.onvif.org/hardware/DS-2CD2032'],
      transportAddresses: ['http://192.168.1.64/onvif/device_service'],
      endpoint: 'urn:uuid:1419d68a-1dd2-11b2-a105-000000000000',
    });
  });

  it('reads a probe, and leaves other XML alone', () => {
    const probe = decodeOne(wsDiscoveryDecoder, envelope('<d:Probe><d:Types>x:Computer</d:Types></d:Probe>'));
    assert.deepEqual((probe as WsDiscoveryObservation).types, ['Computer']);
    assert.equal(decode(wsDiscoveryDecoder, envelope('<x:Other/>')).result, 'foreign');
    assert.equal(decode(wsDiscoveryDecoder, bytesOf('GET / HTTP/1.1')).result, 'foreign');
  });

  it('expands no entity and stays fast on hostile markup', () => {
    const bomb = bytesOf(
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
      envelope(`<d:Hello><d:Types>&b;</d:Types></d:Hello>`),
    );
    assert.deepEqual((decodeOne(wsDiscoveryDecoder, bomb) as WsDiscoveryObservation).types, ['&b;']);
    for (const text of ['<', '<a', '<a>', '<a:', '< ', '<a b="']) {
      const start = process.hrtime.bigint();
      decode(wsDiscoveryDecoder, bytesOf(text.repeat(65_000 / text.length)));
      assert.ok(process.hrtime.bigint() - start < 1_000_000_000n, text);
    }
  });

  it('bounds elements and lists', () => {
    const many = envelope(`<d:Hello><d:Types>${'a:b '.repeat(500)}</d:Types>${'<x/>'.repeat(500)}</d:Hello>`);
    const { observations, issues } = decode(wsDiscoveryDecoder, many);
    assert.equal((observations[0] as WsDiscoveryObservation).types.length, 64);
    assert.deepEqual(issues, ['message/message-limit@0']);
  });
});

hostile(wsDiscoveryDecoder, [matches]);
