import { NO_INTERFACE, type PacketBatch } from './batch.ts';
import { decoderOf } from './encapsulation.ts';
import { isKnownEtherType } from './ether-type.ts';
import { type IssueCounter, ISSUE } from './issue.ts';
import { LAYER } from './layer.ts';
import { decodeTeredo } from './tunnel/teredo.ts';
import { looksLikeTeredoPeer } from './plausible.ts';
import { decodeLlc } from './link/llc.ts';
import { type HeaderDecoder, MAX_HEADERS, type Next, NEXT, Walk } from './walk.ts';

const walk = new Walk();

/**
 * Decodes the frame of one row, whatever it is made of: the general path. The row's decoded columns must hold their
 * neutral values.
 */
export function decodeFrame(batch: PacketBatch, row: number, issues: IssueCounter): void {
  walk.begin(batch, row, issues);
  let space: Next = walk.next(NEXT.linkType, batch.linkType[row]!);
  for (let headers = 0; space !== NEXT.done; headers++) {
    if (headers >= MAX_HEADERS) {
      walk.fail(ISSUE['link/header-depth'], walk.offset);
      walk.payload();
      break;
    }
    const decode = find(space, batch, row);
    space = decode === undefined ? decodeUnknown(space) : decode(walk);
  }
  batch.layers[row] = walk.layers;
}

function find(space: Next, batch: PacketBatch, row: number): HeaderDecoder | undefined {
  if (space === NEXT.llc) return decodeLlc;
  if (space === NEXT.udpPort) {
    return (
      decoderOf(space, batch.dstPort[row]!) ??
      decoderOf(space, batch.srcPort[row]!) ??
      (looksLikeTeredoPeer(batch.bytes, walk.offset, walk.end, walk.capEnd) ? decodeTeredo : undefined)
    );
  }
  return decoderOf(space, walk.selector);
}

/** No decoder for the next header: it and what follows are the payload. */
function decodeUnknown(space: Next): Next {
  switch (space) {
    case NEXT.linkType:
      walk.note(
        walk.batch.interfaceId[walk.row] === NO_INTERFACE
          ? ISSUE['capture/unknown-interface']
          : ISSUE['capture/unknown-link-type'],
        walk.offset,
      );
      return NEXT.done;
    case NEXT.etherType:
      walk.layers |= LAYER.otherEtherType;
      if (!isKnownEtherType(walk.selector)) walk.note(ISSUE['link/unknown-ethertype'], walk.offset);
      return walk.payload();
    case NEXT.udpPort:
      return NEXT.done;
    default:
      return walk.payload();
  }
}
