/** HASSH and HASSHServer (Salesforce, BSD 3-clause): MD5 over the algorithm lists that one side of SSH proposes. */
import { createHash } from 'node:crypto';
import type { SshKexInitObservation } from '../protocol/ssh.ts';

/** HASSH of a client's KEXINIT, HASSHServer of a server's: each over the algorithms of its own sending direction. */
export function hassh(kex: SshKexInitObservation): string {
  return createHash('md5').update(hasshText(kex)).digest('hex');
}

/** The text that is hashed. */
export function hasshText(kex: SshKexInitObservation): string {
  const lists = kex.isClient
    ? [kex.encryptionClientToServer, kex.macClientToServer, kex.compressionClientToServer]
    : [kex.encryptionServerToClient, kex.macServerToClient, kex.compressionServerToClient];
  return [kex.kexAlgorithms, ...lists].join(';');
}
