import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helloFingerprints } from '../../src/fingerprint/hello-fingerprints.ts';
import { ja3 } from '../../src/fingerprint/ja3.ts';
import { ja4 } from '../../src/fingerprint/ja4.ts';
import type { TlsClientHelloObservation } from '../../src/protocol/tls-client-hello.ts';

const HELLO: TlsClientHelloObservation = {
  kind: 'tls-client-hello',
  transport: 'tcp',
  legacyVersion: 0x0303,
  supportedVersions: [0x0304],
  cipherSuites: [0x1301, 0xc02b],
  extensions: [0, 10, 11, 13, 16, 43],
  groups: [29, 23],
  pointFormats: [0],
  signatureAlgorithms: [0x0403],
  alpn: ['h2'],
  serverName: 'a.example',
  hasEch: false,
  isWhole: true,
};

const VARIANTS: Partial<TlsClientHelloObservation>[] = [
  { transport: 'quic' },
  { legacyVersion: 0x0302 },
  { supportedVersions: [0x0303] },
  { cipherSuites: [0x1301] },
  { extensions: [0, 10, 11, 13, 16] },
  { groups: [29] },
  { pointFormats: [0, 1] },
  { signatureAlgorithms: [0x0403, 0x0804] },
  { alpn: ['http/1.1'] },
  { isWhole: false },
  { serverName: 'b.example' },
];

test('a hello never gets the fingerprints of one that differs in a field', () => {
  for (const variant of VARIANTS) {
    for (const hello of [HELLO, { ...HELLO, ...variant }, HELLO]) {
      const prints = helloFingerprints(hello);
      assert.equal(prints.ja3, ja3(hello), JSON.stringify(variant));
      assert.equal(prints.ja4, ja4(hello), JSON.stringify(variant));
    }
  }
});
