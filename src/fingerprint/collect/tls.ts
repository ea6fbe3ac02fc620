import type { TlsClientHelloObservation } from '../../protocol/tls-client-hello.ts';
import type { Claims } from './claim.ts';

/** The name behind an encrypted ClientHello is that of the front, which everybody shares. */
export function collectTlsClientHello(hello: TlsClientHelloObservation, claims: Claims): void {
  if (hello.serverName === '' || hello.hasEch) return;
  claims.byDomain(hello.transport === 'quic' ? 'quic.serverName' : 'tls.serverName', hello.serverName);
}
