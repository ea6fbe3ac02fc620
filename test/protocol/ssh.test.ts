import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sshDecoder } from '../../src/protocol/ssh.ts';
import { decode, decodeOne, hostile } from './decode.ts';
import { decodeGrowing } from './stream.ts';
import { be32, bytesOf, zeros } from './write.ts';

const LISTS = ['kex1,kex2', 'key1', 'c1,c2', 's1', 'mc', 'ms', 'none', 'zlib', '', ''];

function kexInit(lists: readonly string[] = LISTS): Uint8Array {
  const payload = bytesOf(20, zeros(16), ...lists.flatMap((list) => [be32(list.length), list]), 0, be32(0));
  return bytesOf(be32(payload.length + 5), 4, payload, zeros(4));
}

const STREAM = bytesOf('SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n', kexInit());

describe('ssh', () => {
  it('reads version and algorithms of either side', () => {
    for (const isClient of [true, false]) {
      assert.deepEqual(decodeGrowing(sshDecoder, STREAM, { fromOriginator: isClient }, 1), [
        { kind: 'ssh-version', isClient, protocolVersion: '2.0', software: 'OpenSSH_9.6p1 Ubuntu-3' },
        {
          kind: 'ssh-kexinit',
          isClient,
          kexAlgorithms: 'kex1,kex2',
          hostKeyAlgorithms: 'key1',
          encryptionClientToServer: 'c1,c2',
          encryptionServerToClient: 's1',
          macClientToServer: 'mc',
          macServerToClient: 'ms',
          compressionClientToServer: 'none',
          compressionServerToClient: 'zlib',
        },
      ]);
    }
  });

  it('reads the version of what is no SSH 2', () => {
    assert.deepEqual(decodeOne(sshDecoder, bytesOf('SSH-1.5-Old\n')), {
      kind: 'ssh-version',
      isClient: true,
      protocolVersion: '1.5',
      software: 'Old',
    });
  });

  it('tells impossible lengths', () => {
    const lying = bytesOf('SSH-2.0-x\r\n', kexInit());
    lying.set(be32(5000), 11 + 6 + 16);
    assert.match(decode(sshDecoder, lying).issues[0]!, /^message\/ssh-malformed@/);
    const long = bytesOf('SSH-2.0-x\r\n', kexInit(['a'.repeat(5000), ...LISTS.slice(1)]));
    assert.match(decode(sshDecoder, long).issues[0]!, /^message\/ssh-malformed@/);
  });

  it('refuses a line without end', () => {
    assert.equal(decode(sshDecoder, bytesOf('SSH-2.0-', 'x'.repeat(400))).result, 'foreign');
  });
});

hostile(sshDecoder, [STREAM]);
