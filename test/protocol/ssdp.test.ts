import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PacketBatch } from '../../src/packet/batch.ts';
import { LAYER } from '../../src/packet/layer.ts';
import { type SsdpObservation, ssdpDecoder } from '../../src/protocol/ssdp.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { bytesOf } from './write.ts';

const notify = bytesOf(
  'NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=100\r\n',
  'LOCATION: http://192.168.1.23:80/description.xml\r\nSERVER: Linux/3.14.0 UPnP/1.0 IpBridge/1.20.0\r\n',
  'NTS: ssdp:alive\r\nhue-bridgeid: 001788FFFE21FD3E\r\nNT: upnp:rootdevice\r\n\r\n',
);

const seen = (text: string): SsdpObservation => decodeOne(ssdpDecoder, bytesOf(text)) as SsdpObservation;

describe('ssdp', () => {
  it('reads an announcement', () => {
    const { method, headers } = decodeOne(ssdpDecoder, notify) as SsdpObservation;
    assert.equal(method, 'notify');
    assert.deepEqual(
      [...headers.keys()],
      ['host', 'cache-control', 'location', 'server', 'nts', 'hue-bridgeid', 'nt'],
    );
    assert.equal(headers.get('server'), 'Linux/3.14.0 UPnP/1.0 IpBridge/1.20.0');
    assert.equal(headers.get('hue-bridgeid'), '001788FFFE21FD3E');
  });

  it('reads a search and an answer, with odd line ends, blanks and repetitions', () => {
    assert.equal(seen('M-SEARCH * HTTP/1.1\nST : ssdp:all \nMX:3').headers.get('st'), 'ssdp:all');
    assert.equal(seen('M-SEARCH * HTTP/1.1\nST : ssdp:all \nMX:3').headers.get('mx'), '3');
    const answer = seen('HTTP/1.1 200 OK\r\nST:\r\nUSN: a\r\nUSN: b\r\n\r\nBody: x\r\n');
    assert.equal(answer.method, 'response');
    assert.deepEqual(
      [...answer.headers],
      [
        ['st', ''],
        ['usn', 'a'],
      ],
    );
  });

  it('leaves HTTP over TCP and other text alone', () => {
    const batch = new PacketBatch(1);
    batch.layers[0] = LAYER.tcp;
    const answer = bytesOf('HTTP/1.1 200 OK\r\nServer: x\r\n\r\n');
    const context = { batch, index: 0, packet: 1, seconds: 0, nanos: 0, flow: 0, fromOriginator: true };
    const sink = { observe: () => assert.fail(), issue: () => assert.fail() };
    assert.equal(ssdpDecoder.decode(answer, 0, answer.length, context, sink), 'foreign');
    assert.equal(decode(ssdpDecoder, bytesOf('NOTIFY /path HTTP/1.1\r\nA: b\r\n')).result, 'foreign');
  });

  it('tells lines without a name, and a message without fields', () => {
    const { observations, issues } = decode(
      ssdpDecoder,
      bytesOf('NOTIFY * HTTP/1.1\r\nnonsense\r\nNT: x\r\n\r\n'),
    );
    assert.equal((observations[0] as SsdpObservation).headers.get('nt'), 'x');
    assert.deepEqual(issues, ['message/ssdp-malformed@0']);
    assert.deepEqual(decode(ssdpDecoder, bytesOf('NOTIFY * HTTP/1.1')).observations, []);
  });

  it('bounds fields and their length', () => {
    const fields = Array.from({ length: 100 }, (_, i) => `X${i}: ${'v'.repeat(400)}\r\n`);
    const { observations, issues } = decode(ssdpDecoder, bytesOf('NOTIFY * HTTP/1.1\r\n', ...fields));
    const { headers } = observations[0] as SsdpObservation;
    assert.equal(headers.size, 64);
    assert.equal(headers.get('x0')!.length, 256);
    assert.deepEqual(issues, ['message/message-limit@0']);
  });

  it('reads back any fields', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.-]{0,20}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, value), {
          selector: ([n]) => n.toLowerCase(),
          minLength: 1,
          maxLength: 20,
        }),
        (fields) => {
          const text = `NOTIFY * HTTP/1.1\r\n${fields.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`;
          assert.deepEqual(
            [...seen(text).headers],
            fields.map(([n, v]) => [n.toLowerCase(), v]),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

hostile(ssdpDecoder, [notify]);
