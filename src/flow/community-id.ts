import { createHash } from 'node:crypto';
import { isIpv4Words } from '../bytes/address.ts';
import { IP_PROTOCOL } from '../packet/layer.ts';
import type { FlowColumns } from './columns.ts';
import { icmpCounterpart } from './icmp-pair.ts';

/**
 * Community ID version 1 with seed 0: a flow identifier that other tools compute alike
 * (https://github.com/corelight/community-id-spec). The lower endpoint comes first, so direction does not matter.
 */
export function communityId(flows: FlowColumns, slot: number): string {
  const protocol = flows.ipProtocol[slot]!;
  const isV4 = isIpv4Words(flows.origIp[slot * 4]!, flows.origIp[slot * 4 + 1]!, flows.origIp[slot * 4 + 2]!);
  const length = isV4 ? 4 : 16;
  const orig = addressBytes(flows.origIp, slot * 4, isV4);
  const resp = addressBytes(flows.respIp, slot * 4, isV4);
  const origPort = flows.origPort[slot]!;
  const respPort = flows.respPort[slot]!;
  const isIcmp = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
  const isOneWay = isIcmp && icmpCounterpart(origPort, protocol === IP_PROTOCOL.icmpv6) < 0;
  const order = Buffer.compare(orig, resp);
  const isSwapped = !isOneWay && (order > 0 || (order === 0 && origPort > respPort));
  const data = Buffer.alloc(2 + 2 * length + 6);
  (isSwapped ? resp : orig).copy(data, 2);
  (isSwapped ? orig : resp).copy(data, 2 + length);
  data[2 + 2 * length] = protocol;
  data.writeUInt16BE(isSwapped ? respPort : origPort, 4 + 2 * length);
  data.writeUInt16BE(isSwapped ? origPort : respPort, 6 + 2 * length);
  return `1:${createHash('sha1').update(data).digest('base64')}`;
}

function addressBytes(words: Uint32Array, at: number, isV4: boolean): Buffer {
  const bytes = Buffer.alloc(isV4 ? 4 : 16);
  if (isV4) bytes.writeUInt32BE(words[at + 3]!);
  else for (let w = 0; w < 4; w++) bytes.writeUInt32BE(words[at + w]!, w * 4);
  return bytes;
}
