/**
 * IEEE 802.2 LLC with SNAP (RFC 1042). Where no IP is inside, the payload starts at the LLC header, so that message
 * decoders (spanning tree, CDP) see the service access points.
 */
import { u16, u24 } from '../../bytes/endian.ts';
import { ISSUE } from '../issue.ts';
import { LAYER } from '../layer.ts';
import { type Next, NEXT, type Walk } from '../walk.ts';

const SAP_SNAP = 0xaa;
const SAP_IP = 0x06;
const UNNUMBERED_INFORMATION = 0x03;
const OUI_ETHERTYPE = 0x000000;
const OUI_BRIDGE_TUNNEL = 0x0000f8;

export function decodeLlc(walk: Walk): Next {
  if (!walk.has(3, ISSUE['link/header-short'])) return NEXT.done;
  const { bytes, offset } = walk;
  walk.layers |= LAYER.llc;
  const dsap = bytes[offset]!;
  const ssap = bytes[offset + 1]!;
  if (bytes[offset + 2] === UNNUMBERED_INFORMATION) {
    if (dsap === SAP_SNAP && ssap === SAP_SNAP && walk.holds(offset, 8)) {
      const oui = u24(bytes, offset + 3);
      const type = u16(bytes, offset + 6);
      if ((oui === OUI_ETHERTYPE || oui === OUI_BRIDGE_TUNNEL) && type >= 1536) {
        walk.offset = offset + 8;
        return walk.nextEtherType(type);
      }
    } else if (dsap === SAP_IP && ssap === SAP_IP) {
      walk.offset = offset + 3;
      return walk.nextEtherType(0x0800);
    }
  }
  return walk.payload();
}
