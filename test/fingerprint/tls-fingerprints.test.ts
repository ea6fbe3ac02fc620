/** The published examples of the methods, and their corners. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { hassh, hasshText } from '../../src/fingerprint/hassh.ts';
import { ja3, ja3s, ja3Text } from '../../src/fingerprint/ja3.ts';
import { ja4 } from '../../src/fingerprint/ja4.ts';
import type { SshKexInitObservation } from '../../src/protocol/ssh.ts';
import type { TlsClientHelloObservation } from '../../src/protocol/tls-client-hello.ts';

const HELLO: TlsClientHelloObservation = {
  kind: 'tls-client-hello',
  transport: 'tcp',
  legacyVersion: 0x0301,
  supportedVersions: [],
  cipherSuites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
  extensions: [0, 10, 11],
  groups: [23, 24, 25],
  pointFormats: [0],
  signatureAlgorithms: [],
  alpn: [],
  serverName: 'a.example',
  hasEch: false,
  isWhole: true,
};

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

describe('JA3', () => {
  it('gives the example of its description', () => {
    assert.equal(ja3Text(HELLO), '769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0');
    assert.equal(ja3(HELLO), 'ada70206e40642a3e4461f35503241d5');
  });

  it('leaves GREASE and absent lists out', () => {
    const bare = { ...HELLO, cipherSuites: [0x0a0a, 4, 5], extensions: [], groups: [], pointFormats: [] };
    assert.equal(ja3Text(bare), '769,4-5,,,');
    assert.equal(ja3({ ...HELLO, isWhole: false }), '');
  });

  it('describes servers', () => {
    const server = {
      kind: 'tls-server-hello',
      transport: 'tcp',
      legacyVersion: 769,
      version: 769,
      cipherSuite: 47,
      extensions: [65281, 0, 11, 35, 5, 16],
      alpn: '',
      group: 0,
      isRetry: false,
      isWhole: true,
    } as const;
    assert.equal(ja3s(server), '836ce314215654b5b1f85f97c73e506f');
    assert.equal(ja3s({ ...server, isWhole: false }), '');
  });
});

describe('JA4', () => {
  it('counts, sorts and hashes', () => {
    const [ciphers, extensions] = ['002f,0035', '000a,000b,000d_0804,0403'];
    const hello = {
      ...HELLO,
      legacyVersion: 0x0303,
      supportedVersions: [0x5a5a, 0x0303, 0x0304],
      cipherSuites: [0x0a0a, 0x35, 0x2f],
      extensions: [0x1a1a, 13, 0, 11, 16, 10],
      signatureAlgorithms: [0x0804, 0x0403],
      alpn: ['h2'],
    };
    assert.equal(ja4(hello), `t13d0205h2_${sha(ciphers)}_${sha(extensions)}`);
    assert.equal(ja4({ ...hello, transport: 'quic' })[0], 'q');
    assert.equal(ja4({ ...hello, isWhole: false }), '');
  });

  it('knows its corners', () => {
    const glance = (change: Partial<TlsClientHelloObservation>): string =>
      ja4({ ...HELLO, ...change }).slice(0, 10);
    assert.equal(ja4({ ...HELLO, cipherSuites: [], extensions: [] }), 't10i000000_000000000000_000000000000');
    assert.equal(glance({ cipherSuites: Array.from({ length: 150 }, (_, i) => i) }), 't10d990300');
    assert.equal(glance({ alpn: ['\xba\xad'] }), 't10d120399');
    assert.equal(glance({ alpn: ['x'] }), 't10d1203xx');
    assert.equal(glance({ legacyVersion: 0x0300 }), 'ts3d120300');
    const dtls = { transport: 'dtls', legacyVersion: 0xfefd } as const;
    assert.equal(glance(dtls), 'dd2d120300');
    assert.equal(glance({ ...dtls, supportedVersions: [0xfefd, 0xfefc] }), 'dd3d120300');
    assert.equal(glance({ supportedVersions: [0x7f1c] }), 't00d120300');
  });
});

describe('HASSH', () => {
  const kex: SshKexInitObservation = {
    kind: 'ssh-kexinit',
    isClient: true,
    kexAlgorithms: 'a,b',
    hostKeyAlgorithms: 'h',
    encryptionClientToServer: 'c1',
    encryptionServerToClient: 's1',
    macClientToServer: 'c2',
    macServerToClient: 's2',
    compressionClientToServer: 'none',
    compressionServerToClient: 'zlib',
  };

  it('takes the direction of its side', () => {
    assert.equal(hasshText(kex), 'a,b;c1;c2;none');
    assert.equal(hasshText({ ...kex, isClient: false }), 'a,b;s1;s2;zlib');
    assert.equal(hassh(kex), createHash('md5').update('a,b;c1;c2;none').digest('hex'));
  });
});
