import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { smbDecoder } from '../../src/protocol/smb.ts';
import { decode, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { bytesOf, le16, le32, type Part, zeros } from './write.ts';

const server = { fromOriginator: false };
const utf16 = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const session = (...parts: readonly Part[]): Uint8Array => {
  const message = bytesOf(...parts);
  return bytesOf([0, message.length >>> 16, (message.length >>> 8) & 255, message.length & 255], message);
};

const smb2 = (command: number, isResponse: boolean, ...body: readonly Part[]): Uint8Array =>
  session(
    [0xfe, 0x53, 0x4d, 0x42],
    zeros(8),
    le16(command),
    zeros(2),
    [isResponse ? 1 : 0],
    zeros(47),
    ...body,
  );

/** Header with response flag and Unicode, words, bytes. */
const smb1 = (command: number, isResponse: boolean, words: Uint8Array, data: Uint8Array): Uint8Array =>
  session(
    [0xff, 0x53, 0x4d, 0x42, command],
    zeros(4),
    [isResponse ? 0x80 : 0],
    le16(0x8000),
    zeros(20),
    words.length / 2,
    words,
    le16(data.length),
    data,
  );

function challenge(): Uint8Array {
  const pair = (id: number, text: string): Uint8Array =>
    bytesOf(le16(id), le16(text.length * 2), utf16(text));
  const info = bytesOf(pair(2, 'OFFICE'), pair(1, 'NAS-1'), pair(3, 'nas-1.lan'), pair(4, 'lan'), le32(0));
  return bytesOf(
    'NTLMSSP\0',
    le32(2),
    zeros(8),
    le32(0x0200_0001),
    zeros(16),
    le16(info.length),
    le16(info.length),
    le32(56),
    [10, 0],
    le16(19_041),
    [0, 0, 0, 15],
    info,
  );
}

function authenticate(): Uint8Array {
  const texts = [utf16('OFFICE'), utf16('someone'), utf16('LAPTOP-7')];
  let at = 72;
  const fields = texts.map((text) => {
    const field = bytesOf(le16(text.length), le16(text.length), le32(at));
    at += text.length;
    return field;
  });
  return bytesOf(
    'NTLMSSP\0',
    le32(3),
    zeros(16),
    fields[0]!,
    fields[1]!,
    fields[2]!,
    zeros(8),
    le32(0x0200_0001),
    [6, 1],
    le16(7601),
    zeros(4),
    ...texts,
  );
}

const NONE = { computerName: '', domainName: '', dnsComputerName: '', dnsDomainName: '' };

describe('smb', () => {
  it('reads the dialects and names of SMB 2', () => {
    const answer = bytesOf(
      smb2(0, true, le16(65), le16(0), le16(0x0311), zeros(60)),
      smb2(1, true, zeros(8), challenge()),
    );
    assert.deepEqual(decodeGrowing(smbDecoder, answer, server, 4), [
      { kind: 'smb-negotiate', version: 2, isResponse: true, dialects: ['0x0311'] },
      {
        kind: 'ntlm',
        messageType: 2,
        computerName: 'NAS-1',
        domainName: 'OFFICE',
        dnsComputerName: 'nas-1.lan',
        dnsDomainName: 'lan',
        osVersion: '10.0.19041',
        hasUser: false,
      },
    ]);
    const request = bytesOf(
      smb2(0, false, le16(36), le16(2), zeros(32), le16(0x0202), le16(0x0210)),
      smb2(1, false, zeros(24), authenticate()),
    );
    const seen = decodeGrowing(smbDecoder, request, {}, 4);
    assert.deepEqual(seen, [
      { kind: 'smb-negotiate', version: 2, isResponse: false, dialects: ['0x0202', '0x0210'] },
      {
        ...NONE,
        kind: 'ntlm',
        messageType: 3,
        computerName: 'LAPTOP-7',
        domainName: 'OFFICE',
        osVersion: '6.1.7601',
        hasUser: true,
      },
    ]);
    assert.doesNotMatch(JSON.stringify(seen), /someone/);
  });

  it('reads the dialects and systems of SMB 1', () => {
    const negotiate = smb1(0x72, false, zeros(0), bytesOf('\x02PC NETWORK PROGRAM 1.0\0\x02NT LM 0.12\0'));
    const blob = bytesOf('blob!');
    const words = bytesOf(zeros(6), le16(blob.length));
    const natives = bytesOf(utf16('Windows 5.1\0'), utf16('Windows 2000 LAN Manager\0'));
    // Header, count, words and byte count are 43 bytes: with the blob of five the texts are at an even offset.
    assert.deepEqual(
      decodeGrowing(smbDecoder, bytesOf(negotiate, smb1(0x73, true, words, bytesOf(blob, natives))), {}, 4),
      [
        {
          kind: 'smb-negotiate',
          version: 1,
          isResponse: false,
          dialects: ['PC NETWORK PROGRAM 1.0', 'NT LM 0.12'],
        },
        { kind: 'smb-native', isResponse: true, os: 'Windows 5.1', lanManager: 'Windows 2000 LAN Manager' },
      ],
    );
  });

  it('tells lengths that reach beyond the message', () => {
    const beyond = smb1(0x73, true, bytesOf(zeros(6), le16(0)), utf16('A\0B\0'));
    // The byte count is behind the words: session and SMB headers, one word count, four words.
    beyond[4 + 32 + 1 + 8] = 0xff;
    assert.deepEqual(decode(smbDecoder, beyond).issues, ['message/smb-malformed@47']);
    const names = authenticate();
    names[28] = 0xff;
    assert.equal(decode(smbDecoder, smb2(1, false, zeros(24), names)).issues.length, 1);
    assert.deepEqual(decode(smbDecoder, smb2(1, false, zeros(24), authenticate())).issues, []);
  });

  it('passes a NetBIOS session request and leaves others alone', () => {
    const request = bytesOf(
      [0x81, 0, 0, 4],
      'abcd',
      smb2(0, true, le16(65), le16(0), le16(0x0300), zeros(10)),
    );
    assert.equal(decode(smbDecoder, request).observations.length, 1);
    assert.equal(decode(smbDecoder, bytesOf('GET / HTTP/1.1\r\n\r\n')).result, 'foreign');
    assert.equal(decode(smbDecoder, bytesOf([0, 0, 0, 40], zeros(40))).result, 'foreign');
  });
});

hostile(smbDecoder, [
  bytesOf(smb2(0, true, le16(65), le16(0), le16(0x0311), zeros(60)), smb2(1, true, zeros(8), challenge())),
  smb2(1, false, zeros(24), authenticate()),
  smb1(0x73, true, bytesOf(zeros(6), le16(0)), utf16('A\0B\0')),
]);
