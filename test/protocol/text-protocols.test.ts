import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rdpDecoder } from '../../src/protocol/rdp.ts';
import { bittorrentDecoder, openvpnDecoder, wireguardDecoder } from '../../src/protocol/recognised.ts';
import { rtspDecoder } from '../../src/protocol/rtsp.ts';
import { sipDecoder } from '../../src/protocol/sip.ts';
import { socksDecoder } from '../../src/protocol/socks.ts';
import { vncDecoder } from '../../src/protocol/vnc.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { BROWSER_HELLO, handshake, records } from './tls-messages.ts';
import { be16, be32, bytesOf, counted, le32, zeros } from './write.ts';

const server = { fromOriginator: false };
const TLS = records(handshake(1, BROWSER_HELLO));

describe('rtsp', () => {
  const request = bytesOf(
    'DESCRIBE rtsp://u:S3CR3T@10.0.0.5:554/live/ch0?auth=S3CR3T RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: Viewer/2\r\n',
    `Authorization: Basic ${Buffer.from('admin:12345').toString('base64')}\r\n\r\n`,
  );
  const answer = bytesOf(
    'RTSP/1.0 401 Unauthorized\r\nServer: Cam RTSP\r\nWWW-Authenticate: Basic realm="Example IPC"\r\nContent-Length: 3\r\n\r\nabc',
    'RTSP/1.0 200 OK\r\nServer: Cam RTSP\r\n\r\n',
  );
  it('reads both sides without secrets', () => {
    const seen = decodeGrowing(rtspDecoder, request, {}, 30);
    assert.deepEqual(seen, [
      {
        kind: 'rtsp',
        method: 'DESCRIBE',
        status: 0,
        path: 'rtsp://10.0.0.5:554/live/ch0',
        userAgent: 'Viewer/2',
        server: '',
        realm: '',
      },
      { kind: 'login', protocol: 'rtsp-basic', hasUser: true, hasPassword: true, isDefault: true },
    ]);
    assert.doesNotMatch(JSON.stringify(seen), /S3CR3T/);
    const answers = decodeGrowing(rtspDecoder, answer, server, 30);
    assert.deepEqual(
      answers.map((a) => a.kind === 'rtsp' && [a.status, a.server, a.realm]),
      [
        [401, 'Cam RTSP', 'Example IPC'],
        [200, 'Cam RTSP', ''],
      ],
    );
  });
  hostile(rtspDecoder, [request, answer]);
});

describe('sip', () => {
  const register = bytesOf(
    'REGISTER sip:pbx.example SIP/2.0\r\nFrom: "A" <sip:4711@pbx.example;x=y>;tag=1\r\nUser-Agent: Phone 7/1.2\r\n\r\n',
  );
  it('reads requests and answers, and not who calls', () => {
    const seen = decodeOne(sipDecoder, register);
    assert.deepEqual(seen, {
      kind: 'sip',
      method: 'REGISTER',
      status: 0,
      userAgent: 'Phone 7/1.2',
      server: '',
      fromDomain: 'pbx.example',
      realm: '',
    });
    const answer = bytesOf(
      'SIP/2.0 401 No\r\nf: <sip:pbx.example>\r\nServer: PBX\r\nWWW-Authenticate: Digest realm="r"\r\n\r\n',
    );
    const {
      server: name,
      realm,
      fromDomain,
      status,
    } = decodeOne(sipDecoder, answer) as typeof seen & {
      kind: 'sip';
    };
    assert.deepEqual([name, realm, fromDomain, status], ['PBX', 'r', 'pbx.example', 401]);
  });
  hostile(sipDecoder, [register]);
});

describe('socks', () => {
  const five = bytesOf(
    [5, 2, 0, 2],
    [1],
    counted('someone'),
    counted('S3CR3T'),
    [5, 1, 0, 3],
    counted('a.example'),
    be16(443),
    TLS,
  );
  it('reads requests of versions 4, 4a and 5, and the TLS behind', () => {
    const four = bytesOf([4, 1], be16(443), [192, 0, 2, 1], 'x\0', TLS);
    const named = bytesOf([4, 1], be16(443), [0, 0, 0, 1], '\0', 'b.example\0', TLS);
    for (const [stream, version, target, hasCredentials] of [
      [five, 5, 'a.example', true],
      [four, 4, '192.0.2.1', true],
      [named, 4, 'b.example', false],
    ] as const) {
      const [request, hello] = decodeGrowing(socksDecoder, stream, {}, 3);
      assert.deepEqual(request, { kind: 'socks', version, command: 1, target, port: 443, hasCredentials });
      assert.equal(hello?.kind, 'tls-client-hello');
    }
    assert.doesNotMatch(JSON.stringify(decode(socksDecoder, five).observations), /S3CR3T|someone/);
  });
  it('skips the replies of the proxy', () => {
    for (const reply of [
      [0, 0x5a, 0, 0, 0, 0, 0, 0],
      [5, 2, 1, 0, 5, 0, 0, 1, 1, 2, 3, 4, 0, 80],
    ]) {
      assert.deepEqual(
        decodeGrowing(socksDecoder, bytesOf(reply, TLS), server, 2).map(({ kind }) => kind),
        ['tls-client-hello'],
      );
    }
  });
  hostile(socksDecoder, [five]);
  hostile(socksDecoder, [bytesOf([5, 0, 5, 0, 0, 3], counted('x'), be16(1), TLS)], server);
});

describe('vnc and rdp', () => {
  it('are told by their first bytes', () => {
    assert.deepEqual(decodeGrowing(vncDecoder, bytesOf('RFB 003.008\n'), server, 1), [
      { kind: 'banner', protocol: 'vnc', text: 'RFB 003.008' },
    ]);
    const request = bytesOf([3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0], TLS);
    assert.deepEqual(
      decodeGrowing(rdpDecoder, request, {}, 1).map(({ kind }) => kind),
      ['tls-client-hello'],
    );
  });
  hostile(vncDecoder, [bytesOf('RFB 003.008\n')]);
  hostile(rdpDecoder, [bytesOf([3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 0, 0], TLS)]);
});

describe('recognised protocols', () => {
  const reset = bytesOf(0x38, zeros(8), 0, be32(0));
  const initiation = bytesOf(le32(1), zeros(144));
  it('are named, and others are not', () => {
    assert.equal(decode(bittorrentDecoder, bytesOf('\x13BitTorrent protocol', zeros(8))).result, 'done');
    assert.equal(decode(wireguardDecoder, initiation).result, 'done');
    assert.equal(decode(wireguardDecoder, bytesOf(le32(1), zeros(143))).result, 'foreign');
    assert.equal(decode(openvpnDecoder, reset).result, 'done');
    assert.equal(decode(openvpnDecoder, bytesOf(0x38, zeros(8), 9, be32(0))).result, 'foreign');
  });
  hostile(openvpnDecoder, [reset]);
  hostile(wireguardDecoder, [initiation]);
});
