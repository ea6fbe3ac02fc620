import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type NetbiosDatagramObservation,
  netbiosDatagramDecoder,
} from '../../src/protocol/netbios-datagram.ts';
import { type NetbiosNameObservation, netbiosNameDecoder } from '../../src/protocol/netbios-name.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { be16, be32, bytesOf, le16, le32, zeros } from './write.ts';

function encoded(name: string, suffix: number, padding = ' '): Uint8Array {
  const plain = bytesOf(name.padEnd(15, padding), suffix);
  const letters = [...plain].flatMap((byte) => [0x41 + (byte >> 4), 0x41 + (byte & 15)]);
  return bytesOf(32, letters, 0);
}

const query = bytesOf(
  be16(1),
  be16(0x0110),
  be16(1),
  be16(0),
  be16(0),
  be16(0),
  encoded('WORKGROUP', 0x1b),
  be16(0x20),
  be16(1),
);
const registration = bytesOf(
  be16(2),
  be16(0x2910),
  be16(1),
  be16(0),
  be16(0),
  be16(1),
  encoded('NAS', 0x20),
  be16(0x20),
  be16(1),
  be16(0xc00c),
  be16(0x20),
  be16(1),
  be32(0),
  be16(6),
  be16(0x8000),
  be32(0xc0a80105),
);
const entry = (name: string, suffix: number, flags: number): Uint8Array =>
  bytesOf(name.padEnd(15), suffix, be16(flags));
const status = bytesOf(
  be16(3),
  be16(0x8400),
  be16(0),
  be16(1),
  be16(0),
  be16(0),
  encoded('*', 0, '\0'),
  be16(0x21),
  be16(1),
  be32(0),
  be16(1 + 2 * 18 + 46),
  2,
  entry('NAS', 0x20, 0x0400),
  entry('WORKGROUP', 0, 0x8400),
  [0x00, 0x11, 0x32, 0x01, 0x02, 0x03],
  zeros(40),
);

function announcement(command: number): Uint8Array {
  const browser = bytesOf(
    command,
    0,
    le32(120000),
    bytesOf('NAS', 0, 'old bytes', zeros(3)),
    6,
    1,
    le32(0x00809a03),
    15,
    1,
    le16(0xaa55),
    'Media server\0',
  );
  const mailslot = bytesOf('\\MAILSLOT\\BROWSE\0');
  const words = bytesOf(
    le16(0),
    le16(browser.length),
    le16(0),
    le16(0),
    0,
    0,
    le16(0),
    le32(1000),
    le16(0),
    le16(0),
    le16(0),
    le16(browser.length),
    le16(32 + 1 + 34 + 2 + mailslot.length),
    3,
    0,
    le16(1),
    le16(1),
    le16(2),
  );
  assert.equal(words.length, 34);
  const smb = bytesOf(
    [0xff],
    'SMB',
    0x25,
    zeros(27),
    17,
    words,
    le16(mailslot.length + browser.length),
    mailslot,
    browser,
  );
  return bytesOf(
    0x11,
    2,
    be16(9),
    be32(0xc0a80105),
    be16(138),
    be16(smb.length),
    be16(0),
    encoded('NAS', 0),
    encoded('WORKGROUP', 0x1d),
    smb,
  );
}

describe('netbios', () => {
  it('reads a query', () => {
    assert.deepEqual(decodeOne(netbiosNameDecoder, query), {
      kind: 'netbios-name',
      isResponse: false,
      opcode: 0,
      rcode: 0,
      type: 0x20,
      name: 'WORKGROUP',
      suffix: 0x1b,
      isGroup: false,
      address: 0,
      names: [],
      mac: -1,
    });
  });

  it('reads a registration, whose name is repeated by a pointer', () => {
    const seen = decodeOne(netbiosNameDecoder, registration) as NetbiosNameObservation;
    assert.deepEqual(
      [seen.opcode, seen.name, seen.suffix, seen.isGroup, seen.address],
      [5, 'NAS', 0x20, true, 0xc0a80105],
    );
  });

  it('reads a node status', () => {
    const seen = decodeOne(netbiosNameDecoder, status) as NetbiosNameObservation;
    assert.equal(seen.name, '*');
    assert.equal(seen.mac, 0x001132010203);
    assert.deepEqual(seen.names, [
      { name: 'NAS', suffix: 0x20, isGroup: false },
      { name: 'WORKGROUP', suffix: 0, isGroup: true },
    ]);
  });

  it('tells names that are not encoded, and counts that lie', () => {
    const letters = query.slice();
    letters[13] = 0x7a;
    assert.deepEqual(decode(netbiosNameDecoder, letters).issues, ['message/netbios-malformed@12']);
    const lying = status.slice();
    lying[56] = 99;
    const { observations, issues } = decode(netbiosNameDecoder, lying);
    assert.equal((observations[0] as NetbiosNameObservation).mac, -1);
    assert.deepEqual(issues, ['message/netbios-malformed@56']);
  });

  it('reads a host announcement', () => {
    assert.deepEqual(decodeOne(netbiosDatagramDecoder, announcement(1)), {
      kind: 'netbios-datagram',
      messageType: 0x11,
      sourceIp: 0xc0a80105,
      sourceName: 'NAS',
      sourceSuffix: 0,
      destinationName: 'WORKGROUP',
      destinationSuffix: 0x1d,
      command: 1,
      serverName: 'NAS',
      osMajor: 6,
      osMinor: 1,
      serverType: 0x00809a03,
      comment: 'Media server',
    });
  });

  it('reads other browser commands without announcing anything', () => {
    const election = decodeOne(netbiosDatagramDecoder, announcement(8)) as NetbiosDatagramObservation;
    assert.deepEqual([election.command, election.serverName, election.comment], [8, '', '']);
  });

  it('reads back any name', () => {
    const name = fc.stringMatching(/^[A-Z0-9!@#$%^()_'{}~.-]{1,15}$/);
    fc.assert(
      fc.property(name, fc.nat(255), (text, suffix) => {
        const message = bytesOf(
          be16(1),
          be16(0x0110),
          be16(1),
          be16(0),
          be16(0),
          be16(0),
          encoded(text, suffix),
          be16(0x20),
          be16(1),
        );
        const seen = decodeOne(netbiosNameDecoder, message) as NetbiosNameObservation;
        assert.deepEqual([seen.name, seen.suffix], [text, suffix]);
      }),
      { numRuns: 100 },
    );
  });
});

hostile(netbiosNameDecoder, [query, registration, status]);
hostile(netbiosDatagramDecoder, [announcement(1), announcement(12)]);
