import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dtlsDecoder } from '../../src/protocol/dtls.ts';
import { type TlsCertificateObservation, tlsDecoder } from '../../src/protocol/tls.ts';
import type { TlsClientHelloObservation } from '../../src/protocol/tls-client-hello.ts';
import { isGrease } from '../../src/protocol/tls-extension.ts';
import type { TlsServerHelloObservation } from '../../src/protocol/tls-server-hello.ts';
import { certificate } from './certificate.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import {
  alpn,
  BROWSER_HELLO,
  clientHelloBody,
  counted16,
  counted24,
  extension,
  handshake,
  records,
  serverHelloBody,
} from './tls-messages.ts';
import { be16, bytesOf, hex, zeros } from './write.ts';

const clientHello = handshake(1, BROWSER_HELLO);
const leaf = certificate();
const serverFlight = bytesOf(
  records(handshake(2, serverHelloBody([extension(0xff01, 0), alpn('h2')]))),
  records(handshake(11, counted24(counted24(leaf), counted24(zeros(300)))), 200),
  records(handshake(14)),
);
const server = { fromOriginator: false };

const EXPECTED: TlsClientHelloObservation = {
  kind: 'tls-client-hello',
  transport: 'tcp',
  legacyVersion: 0x0303,
  supportedVersions: [0x4a4a, 0x0304, 0x0303],
  cipherSuites: [0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b],
  extensions: [0x1a1a, 0, 10, 11, 13, 16, 43, 0xfe0d],
  groups: [0x2a2a, 29, 23],
  pointFormats: [0],
  signatureAlgorithms: [0x0403, 0x0804],
  alpn: ['h2', 'http/1.1'],
  serverName: 'device.example.com',
  hasEch: true,
  isWhole: true,
};

describe('tls', () => {
  it('reads a ClientHello, in one record or in many', () => {
    for (const size of [16_384, 100, 7]) {
      assert.deepEqual(decodeGrowing(tlsDecoder, records(clientHello, size)), [EXPECTED]);
    }
  });

  it('reads hellos without extensions, and of SSL 3.0', () => {
    const hello = decodeOne(
      tlsDecoder,
      records(handshake(1, clientHelloBody({ version: 0x0300, cipherSuites: [5, 10] }))),
    ) as TlsClientHelloObservation;
    assert.deepEqual([hello.legacyVersion, hello.cipherSuites, hello.extensions], [0x0300, [5, 10], []]);
    assert.equal(hello.isWhole, true);
  });

  it('reads the ServerHello and the leaf certificate of TLS 1.2, each as soon as it is whole', () => {
    const seen = decodeGrowing(tlsDecoder, serverFlight, server);
    const [hello, cert] = seen as [TlsServerHelloObservation, TlsCertificateObservation];
    assert.deepEqual(hello, {
      kind: 'tls-server-hello',
      transport: 'tcp',
      legacyVersion: 0x0303,
      version: 0x0303,
      cipherSuite: 0xc02f,
      extensions: [0xff01, 16],
      alpn: 'h2',
      group: 0,
      isRetry: false,
      isWhole: true,
    });
    assert.deepEqual(cert.subject, {
      commonName: 'cam.example',
      organization: 'Example Cameras',
      organizationalUnit: '',
    });
    assert.equal(cert.issuer.commonName, 'Example CA');
    assert.equal(cert.isSelfIssued, false);
    assert.deepEqual(cert.alternativeNames, ['cam.example', '192.0.2.7', '2001:db8::7']);
    assert.equal(cert.notBefore, Date.UTC(2020, 0, 2, 3, 4, 5) / 1000);
    assert.equal(cert.notAfter, Date.UTC(2050, 11, 31, 23, 59, 59) / 1000);
    assert.equal(seen.length, 2);
  });

  it('ends at the ServerHello of TLS 1.3, and tells a retry', () => {
    const keyShare = extension(51, bytesOf(be16(29), be16(4), [1, 2, 3, 4]));
    const body = serverHelloBody([extension(43, be16(0x0304)), keyShare]);
    const hello = decodeOne(tlsDecoder, records(handshake(2, body))) as TlsServerHelloObservation;
    assert.deepEqual([hello.version, hello.legacyVersion, hello.isRetry], [0x0304, 0x0303, false]);
    assert.equal(hello.group, 29);
    const retry = body.slice();
    retry.set(hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'), 2);
    assert.equal(
      (decodeOne(tlsDecoder, records(handshake(2, retry))) as TlsServerHelloObservation).isRetry,
      true,
    );
  });

  it('reads a hello in the form of SSL 2.0', () => {
    const body = bytesOf(1, be16(0x0301), be16(6), be16(0), be16(16), [0, 0, 0x2f, 7, 0, 0xc0], zeros(16));
    const stream = bytesOf(be16(0x8000 | body.length), body);
    const [hello] = decodeGrowing(tlsDecoder, stream, {}, 11) as TlsClientHelloObservation[];
    assert.deepEqual([hello!.legacyVersion, hello!.cipherSuites, hello!.isWhole], [0x0301, [0x2f], false]);
  });

  it('has no fingerprint for what is malformed', () => {
    const lying = handshake(
      1,
      clientHelloBody({ extensions: [extension(10, counted16(zeros(4)).subarray(0, 4))] }),
    );
    const { observations, issues } = decode(tlsDecoder, records(lying));
    assert.equal((observations[0] as TlsClientHelloObservation).isWhole, false);
    assert.match(issues[0]!, /^message\/tls-malformed@/);
    assert.match(decode(tlsDecoder, records(handshake(1, zeros(3)))).issues[0]!, /^message\/tls-malformed@/);
  });

  it('bounds its lists', () => {
    const many = Array.from({ length: 700 }, (_, i) => i);
    const extensions = Array.from({ length: 200 }, (_, i) => extension(i + 100));
    const { observations } = decode(
      tlsDecoder,
      records(handshake(1, clientHelloBody({ cipherSuites: many, extensions }))),
    );
    const hello = observations[0] as TlsClientHelloObservation;
    assert.deepEqual([hello.cipherSuites.length, hello.extensions.length, hello.isWhole], [512, 128, false]);
  });

  it('leaves other bytes alone', () => {
    for (const other of [
      'GET / HTTP/1.1\r\n\r\n',
      hex('1603010005ff00000100'),
      hex('170303001000000000000000'),
    ]) {
      assert.equal(decode(tlsDecoder, bytesOf(other)).result, 'foreign');
    }
  });

  it('knows GREASE', () => {
    assert.deepEqual([0x0a0a, 0xfafa, 0x0a1a, 0x1301, 0x0a0b].map(isGrease), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

hostile(tlsDecoder, [records(clientHello), records(clientHello, 50)]);
hostile(tlsDecoder, [serverFlight], server);

describe('dtls', () => {
  const body = clientHelloBody({ version: 0xfefd, cipherSuites: [0xc0a8, 0xccac], hasCookie: true });
  const fragment = bytesOf(1, [0, 0, body.length], be16(0), [0, 0, 0], [0, 0, body.length], body);
  const datagram = bytesOf([22, 0xfe, 0xff], zeros(8), counted16(fragment));

  it('reads a ClientHello', () => {
    const hello = decodeOne(dtlsDecoder, datagram) as TlsClientHelloObservation;
    assert.deepEqual(
      [hello.transport, hello.legacyVersion, hello.cipherSuites, hello.isWhole],
      ['dtls', 0xfefd, [0xc0a8, 0xccac], true],
    );
  });

  it('recognises a fragment without reading it', () => {
    const part = datagram.slice();
    part[13 + 8] = 1;
    assert.deepEqual(decode(dtlsDecoder, part), { result: 'done', observations: [], issues: [] });
  });
  hostile(dtlsDecoder, [datagram]);
});
