import type { TlsCertificateObservation } from '../../protocol/tls.ts';
import type { TlsClientHelloObservation } from '../../protocol/tls-client-hello.ts';
import type { Claims } from './claim.ts';

/** The name behind an encrypted ClientHello is that of the front, which everybody shares. */
export function collectTlsClientHello(hello: TlsClientHelloObservation, claims: Claims): void {
  if (hello.serverName === '' || hello.hasEch) return;
  claims.byDomain(hello.transport === 'quic' ? 'quic.serverName' : 'tls.serverName', hello.serverName);
}

/**
 * The certificate that a device was made with: its maker signed it, or the device did. One that an authority signed for
 * somebody tells who owns the server and not who made it.
 */
export function collectTlsCertificate(certificate: TlsCertificateObservation, claims: Claims): void {
  const { subject, issuer, isSelfIssued } = certificate;
  if (!isSelfIssued && (subject.organization === '' || subject.organization !== issuer.organization)) return;
  claims.byFact('tls.organization', 'manufacturer', subject.organization);
  const unit = subject.organizationalUnit;
  if (!claims.byFact('tls.organizationalUnit', 'upnp.model', unit))
    claims.byModel('tls.organizationalUnit', unit);
  if (subject.commonName !== '') claims.byHostName('tls.commonName', subject.commonName);
}
