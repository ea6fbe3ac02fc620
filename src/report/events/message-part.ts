import { formatIpv4, formatMac } from '../../bytes/address.ts';
import { formatTime } from '../../bytes/time.ts';
import { ja3, ja3s } from '../../fingerprint/ja3.ts';
import type { Observation } from '../../protocol/observation.ts';
import { queryTypeName, responseCodeName } from '../zeek/dns-names.ts';
import { cipherSuiteName, tlsVersionName } from '../zeek/tls-names.ts';

/** An observation as an event: its type, and the member of that name. Null for those that are not written. */
export function messagePart(observation: Observation): { type: string; body: unknown } | null {
  switch (observation.kind) {
    case 'dns': {
      const question = observation.questions[0];
      const answers = observation.records.filter((record) => record.section === 'answer');
      return {
        type: 'dns',
        body: {
          type: observation.isResponse ? 'answer' : 'query',
          protocol: observation.protocol,
          id: observation.transactionId,
          rrname: question?.name,
          rrtype: question === undefined ? undefined : queryTypeName(question.type),
          rcode: observation.isResponse ? responseCodeName(observation.rcode) : undefined,
          answers: observation.isResponse
            ? answers.map((record) => ({
                rrname: record.name,
                rrtype: queryTypeName(record.type),
                ttl: record.ttl,
                rdata: record.value || record.strings.join(' '),
              }))
            : undefined,
        },
      };
    }
    case 'dhcp':
      return {
        type: 'dhcp',
        body: {
          type: observation.op === 1 ? 'request' : 'reply',
          id: observation.transactionId,
          message_type: observation.messageType,
          client_mac: formatMac(observation.clientMac),
          assigned_ip: formatIpv4(observation.yourIp),
          requested_ip: observation.requestedIp === 0 ? undefined : formatIpv4(observation.requestedIp),
          hostname: observation.hostName || undefined,
          vendor_class_identifier: observation.vendorClass || undefined,
          lease_time: observation.leaseSeconds || undefined,
        },
      };
    case 'tls-client-hello':
      return {
        type: observation.transport === 'quic' ? 'quic' : 'tls',
        body: {
          message: 'client_hello',
          sni: observation.serverName || undefined,
          alpn: observation.alpn,
          ja3: ja3(observation) === '' ? undefined : { hash: ja3(observation) },
        },
      };
    case 'tls-server-hello':
      return {
        type: observation.transport === 'quic' ? 'quic' : 'tls',
        body: {
          message: 'server_hello',
          version: tlsVersionName(observation.version),
          cipher: cipherSuiteName(observation.cipherSuite),
          alpn: observation.alpn || undefined,
          ja3s: ja3s(observation) === '' ? undefined : { hash: ja3s(observation) },
        },
      };
    case 'tls-certificate':
      return {
        type: 'tls',
        body: {
          message: 'certificate',
          subject: observation.subject.commonName || undefined,
          issuerdn: observation.issuer.commonName || undefined,
          notbefore: observation.notBefore === 0 ? undefined : formatTime(observation.notBefore, 0),
          notafter: observation.notAfter === 0 ? undefined : formatTime(observation.notAfter, 0),
          fingerprint_sha256: observation.sha256,
        },
      };
    case 'http-request':
      return {
        type: 'http',
        body: {
          message: 'request',
          hostname: observation.host || undefined,
          url: observation.path,
          http_method: observation.method,
          protocol: `HTTP/${observation.version}`,
          http_user_agent: observation.userAgent || undefined,
          http_refer: observation.referrer || undefined,
        },
      };
    case 'http-response':
      return {
        type: 'http',
        body: {
          message: 'response',
          status: observation.status,
          protocol: `HTTP/${observation.version}`,
          server: observation.server || undefined,
          http_content_type: observation.contentType || undefined,
          length: observation.bodyLength < 0 ? undefined : observation.bodyLength,
        },
      };
    case 'ssh-version':
      return {
        type: 'ssh',
        body: {
          [observation.isClient ? 'client' : 'server']: {
            proto_version: observation.protocolVersion,
            software_version: observation.software,
          },
        },
      };
    case 'mqtt-connect':
      return {
        type: 'mqtt',
        body: {
          connect: { client_id: observation.clientId, protocol_version: observation.protocolLevel },
        },
      };
    case 'ssdp':
      return {
        type: 'ssdp',
        body: { method: observation.method, headers: Object.fromEntries(observation.headers) },
      };
    case 'arp':
      return {
        type: 'arp',
        body: {
          opcode:
            observation.operation === 1
              ? 'request'
              : observation.operation === 2
                ? 'reply'
                : observation.operation,
          src_mac: formatMac(observation.senderMac),
          src_ip: formatIpv4(observation.senderIp),
          dest_mac: formatMac(observation.targetMac),
          dest_ip: formatIpv4(observation.targetIp),
        },
      };
    default:
      return null;
  }
}
