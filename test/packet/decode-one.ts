import { formatIpAt, formatMac } from '../../src/bytes/address.ts';
import { NO_VLAN, PacketBatch } from '../../src/packet/batch.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter, ISSUE_DEFINITIONS } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';

export interface FrameFields {
  linkType?: number;
  /** Default: the length of the frame. */
  wireLen?: number;
}

/** A batch of one frame, with `before` and `after` bytes of `poison` around it. */
export function batchOf(
  frame: Uint8Array,
  fields: FrameFields = {},
  before = 7,
  after = 0,
  poison = 0xa5,
): PacketBatch {
  const batch = new PacketBatch(1);
  batch.bytes = new Uint8Array(before + frame.length + after).fill(poison);
  batch.bytes.set(frame, before);
  batch.byteLength = batch.bytes.length;
  batch.frameOffset[0] = before;
  batch.capLen[0] = frame.length;
  batch.wireLen[0] = fields.wireLen ?? frame.length;
  batch.linkType[0] = fields.linkType ?? 1;
  batch.count = 1;
  return batch;
}

/** Names of the `LAYER` bits that are set. */
export function layerNames(layers: number): string[] {
  return Object.entries(LAYER)
    .filter(([, bit]) => (layers & bit) !== 0)
    .map(([name]) => name);
}

/** What was decoded of row `i`, in words; offsets count from the start of the frame. */
export function rowOf(batch: PacketBatch, i: number) {
  const frame = batch.frameOffset[i]!;
  const relative = (offset: number): number => (offset === 0 ? 0 : offset - frame);
  const hasIp = (batch.layers[i]! & (LAYER.ipv4 | LAYER.ipv6)) !== 0;
  return {
    layers: layerNames(batch.layers[i]!),
    srcMac: batch.srcMac[i]! < 0 ? '' : formatMac(batch.srcMac[i]!),
    dstMac: batch.dstMac[i]! < 0 ? '' : formatMac(batch.dstMac[i]!),
    etherType: batch.etherType[i]!,
    vlans: [batch.vlanId[i]!, batch.innerVlanId[i]!].filter((id) => id !== NO_VLAN),
    tunnelDepth: batch.tunnelDepth[i]!,
    netOffset: relative(batch.netOffset[i]!),
    outerNetOffset: relative(batch.outerNetOffset[i]!),
    srcIp: hasIp ? formatIpAt(batch.srcIp, i * 4) : '',
    dstIp: hasIp ? formatIpAt(batch.dstIp, i * 4) : '',
    ipLen: batch.ipLen[i]!,
    ttl: batch.ttl[i]!,
    ipProtocol: batch.ipProtocol[i]!,
    srcPort: batch.srcPort[i]!,
    dstPort: batch.dstPort[i]!,
    tcpFlags: batch.tcpFlags[i]!,
    tcpSeq: batch.tcpSeq[i]!,
    tcpAck: batch.tcpAck[i]!,
    tcpWindow: batch.tcpWindow[i]!,
    transportOffset: relative(batch.transportOffset[i]!),
    payloadOffset: relative(batch.payloadOffset[i]!),
    payloadLen: batch.payloadLen[i]!,
    payloadCapLen: batch.payloadCapLen[i]!,
  };
}

export type DecodedRow = ReturnType<typeof rowOf>;

/** `layer/code` of every issue that was counted. */
export function issueNames(issues: IssueCounter): string[] {
  return ISSUE_DEFINITIONS.filter((_, code) => issues.count[code]! > 0).map((d) => `${d.layer}/${d.code}`);
}

/** Decodes one frame. */
export function decodeOne(frame: Uint8Array, fields: FrameFields = {}): DecodedRow & { issues: string[] } {
  const issues = new IssueCounter();
  const batch = batchOf(frame, fields);
  decodeHeaders(batch, issues);
  return { ...rowOf(batch, 0), issues: issueNames(issues) };
}
