import type { SshKexInitObservation, SshVersionObservation } from '../../protocol/ssh.ts';
import { FLOW_ID_FIELDS } from './flow-id.ts';
import type { Field, FieldValue } from './value.ts';

/**
 * ssh.log: one row per connection, with the algorithms that both sides' offers lead to (RFC 4253, section 7.1). What
 * follows is encrypted: whether someone got in is unset, as is the host key.
 */
export const SSH_FIELDS: readonly Field[] = [
  { name: 'ts', type: 'time' },
  ...FLOW_ID_FIELDS,
  { name: 'version', type: 'count' },
  { name: 'auth_success', type: 'bool' },
  { name: 'auth_attempts', type: 'count' },
  { name: 'direction', type: 'enum' },
  { name: 'client', type: 'string' },
  { name: 'server', type: 'string' },
  { name: 'cipher_alg', type: 'string' },
  { name: 'mac_alg', type: 'string' },
  { name: 'compression_alg', type: 'string' },
  { name: 'kex_alg', type: 'string' },
  { name: 'host_key_alg', type: 'string' },
  { name: 'host_key', type: 'string' },
];

interface Side {
  version: SshVersionObservation | null;
  offer: SshKexInitObservation | null;
}

export interface Session {
  readonly client: Side;
  readonly server: Side;
}

export function newSession(): Session {
  return { client: { version: null, offer: null }, server: { version: null, offer: null } };
}

export function noteSsh(state: Session, message: SshVersionObservation | SshKexInitObservation): void {
  const side = message.isClient ? state.client : state.server;
  if (message.kind === 'ssh-version') side.version ??= message;
  else side.offer ??= message;
}

export function sshValues({ client, server }: Session): FieldValue[] {
  const agreed = (pick: (offer: SshKexInitObservation) => string): string | undefined => {
    if (client.offer === null || server.offer === null) return undefined;
    const offered = pick(server.offer).split(',');
    return pick(client.offer)
      .split(',')
      .find((name) => name !== '' && offered.includes(name));
  };
  const version = (client.version ?? server.version)?.protocolVersion;
  return [
    version === undefined ? undefined : version.startsWith('2') || version === '1.99' ? 2 : 1,
    undefined,
    undefined,
    undefined,
    identification(client.version),
    identification(server.version),
    agreed((offer) => offer.encryptionClientToServer),
    agreed((offer) => offer.macClientToServer),
    agreed((offer) => offer.compressionClientToServer),
    agreed((offer) => offer.kexAlgorithms),
    agreed((offer) => offer.hostKeyAlgorithms),
    undefined,
  ];
}

function identification(version: SshVersionObservation | null): string | undefined {
  return version === null ? undefined : `SSH-${version.protocolVersion}-${version.software}`;
}
