/**
 * Port mapping requests to a router: NAT-PMP (RFC 6886, section 3) and PCP (RFC 6887, sections 7 and 11) on UDP 5351.
 * Ignored on purpose: PCP options and PEER, epochs, the announcements of a router that restarted.
 */
import { formatIp } from '../bytes/address.ts';
import { u16, u32 } from '../bytes/endian.ts';
import type { DecodeResult, MessageDecoder, MessageSink } from './decoder.ts';

const VERSION = { natPmp: 0, pcp: 2 } as const;
const RESPONSE = 0x80;
const NAT_PMP = { mapUdp: 1, mapTcp: 2, requestBytes: 12, responseBytes: 16 } as const;
const PCP = { map: 1, headerBytes: 24, mapBytes: 36 } as const;
const IP_PROTOCOL_TCP = 6;
const IP_PROTOCOL_UDP = 17;

export interface PortControlObservation {
  readonly kind: 'port-control';
  readonly protocol: 'nat-pmp' | 'pcp';
  readonly isResponse: boolean;
  /** Only in responses: 0 when the mapping was made. */
  readonly resultCode: number;
  readonly transport: 'tcp' | 'udp' | '';
  readonly internalPort: number;
  /** Suggested in requests, assigned in responses; 0 for any. */
  readonly externalPort: number;
  /** Of the router, as PCP states it; '' when not told. */
  readonly externalAddress: string;
  /** 0 takes the mapping back. */
  readonly lifetimeSeconds: number;
}

function readNatPmp(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  const opcode = bytes[start + 1]! & ~RESPONSE;
  const isResponse = (bytes[start + 1]! & RESPONSE) !== 0;
  if (opcode !== NAT_PMP.mapUdp && opcode !== NAT_PMP.mapTcp) return opcode === 0 ? 'done' : 'foreign';
  if (end - start !== (isResponse ? NAT_PMP.responseBytes : NAT_PMP.requestBytes)) return 'foreign';
  const ports = start + (isResponse ? 8 : 4);
  sink.observe({
    kind: 'port-control',
    protocol: 'nat-pmp',
    isResponse,
    resultCode: isResponse ? u16(bytes, start + 2) : 0,
    transport: opcode === NAT_PMP.mapTcp ? 'tcp' : 'udp',
    internalPort: u16(bytes, ports),
    externalPort: u16(bytes, ports + 2),
    externalAddress: '',
    lifetimeSeconds: u32(bytes, ports + 4),
  });
  return 'done';
}

function readPcp(bytes: Uint8Array, start: number, end: number, sink: MessageSink): DecodeResult {
  if (end - start < PCP.headerBytes) return 'foreign';
  const opcode = bytes[start + 1]! & ~RESPONSE;
  const isResponse = (bytes[start + 1]! & RESPONSE) !== 0;
  if (opcode !== PCP.map) return 'done';
  const map = start + PCP.headerBytes;
  if (end - map < PCP.mapBytes) return 'foreign';
  const protocol = bytes[map + 12]!;
  const address = map + 20;
  const words = [0, 4, 8, 12].map((offset) => u32(bytes, address + offset));
  const isAny = words[3] === 0 && words[0] === 0;
  sink.observe({
    kind: 'port-control',
    protocol: 'pcp',
    isResponse,
    resultCode: isResponse ? bytes[start + 3]! : 0,
    transport: protocol === IP_PROTOCOL_TCP ? 'tcp' : protocol === IP_PROTOCOL_UDP ? 'udp' : '',
    internalPort: u16(bytes, map + 16),
    externalPort: u16(bytes, map + 18),
    externalAddress: isAny ? '' : formatIp(words[0]!, words[1]!, words[2]!, words[3]!),
    lifetimeSeconds: u32(bytes, start + 4),
  });
  return 'done';
}

export const portControlDecoder: MessageDecoder = {
  name: 'nat-pmp',
  triggers: [{ kind: 'udp', ports: [5351] }],
  scope: 'every',
  decode(bytes, start, end, _context, sink) {
    if (end - start < 2) return 'foreign';
    if (bytes[start] === VERSION.natPmp) return readNatPmp(bytes, start, end, sink);
    return bytes[start] === VERSION.pcp ? readPcp(bytes, start, end, sink) : 'foreign';
  },
};
