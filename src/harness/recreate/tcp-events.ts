/** The packets of a TCP connection, made from its history and counts as Zeek writes them. */
import { TCP_FLAG } from '../../packet/layer.ts';

export interface TcpEvent {
  readonly fromOriginator: boolean;
  readonly flags: number;
  /** It carries payload. */
  readonly isData: boolean;
}

const { syn, ack, psh, fin, rst } = TCP_FLAG;

/** By letter, of the originator; those of the responder are small. Others (`C`, `T`, `G`, `W`, `^`, …) are no packets. */
const FLAGS: Readonly<Record<string, number>> = {
  S: syn,
  H: syn | ack,
  A: ack,
  D: psh | ack,
  F: fin | ack,
  R: rst | ack,
};
const SEGMENT_BYTES = 1460;

/**
 * In the order of the history, `packets[0]` of the originator and `packets[1]` of the responder; `payload` is how many bytes
 * each sent. What the history does not name is repeated SYNs where there is nothing else, payload as far as there is any,
 * and acknowledgements. A flow of nothing that Zeek counted is an attempt, as for the features.
 */
export function tcpEvents(
  history: string,
  packets: readonly [number, number],
  payload: readonly [number, number],
): TcpEvent[] {
  const named = [...history].flatMap((letter): TcpEvent[] => {
    const upper = letter.toUpperCase();
    const flags = FLAGS[upper];
    if (flags === undefined) return [];
    return [{ fromOriginator: letter === upper, flags, isData: upper === 'D' }];
  });
  const originator = side(named, true, packets[0], payload[0]);
  const responder = side(named, false, packets[1], payload[1]);
  if (originator.length + responder.length === 0)
    return [{ fromOriginator: true, flags: syn, isData: false }];
  return interleave(named, originator, responder);
}

/** The packets of one side, `wanted` of them. */
function side(
  named: readonly TcpEvent[],
  fromOriginator: boolean,
  wanted: number,
  payload: number,
): TcpEvent[] {
  const own = named.filter((event) => event.fromOriginator === fromOriginator);
  while (own.length > wanted) {
    // Acknowledgements come along with other packets; so does payload with the end.
    const least = own.findIndex(({ flags }) => flags === ack);
    own.splice(least >= 0 ? least : own.length - 1, 1);
  }
  const data = own.findIndex(({ isData }) => isData);
  const isAttempt = own.every(({ flags }) => flags === syn);
  const closing = own.findIndex(({ flags }) => (flags & (fin | rst)) !== 0);
  const place = data >= 0 ? data + 1 : closing >= 0 ? closing : own.length;
  const missing = wanted - own.length;
  const carrying = data < 0 ? 0 : Math.min(missing, Math.max(0, Math.ceil(payload / SEGMENT_BYTES) - 1));
  const more = Array.from({ length: missing }, (_, n): TcpEvent => {
    if (isAttempt && own.length > 0) return { fromOriginator, flags: syn, isData: false };
    return n < carrying
      ? { fromOriginator, flags: psh | ack, isData: true }
      : { fromOriginator, flags: ack, isData: false };
  });
  own.splice(place, 0, ...more);
  return own;
}

/** Both sides in the order of the history; what it does not name follows what came before it on its side. */
function interleave(
  named: readonly TcpEvent[],
  originator: readonly TcpEvent[],
  responder: readonly TcpEvent[],
): TcpEvent[] {
  const rest: readonly [TcpEvent[], TcpEvent[]] = [[...originator], [...responder]];
  const all: TcpEvent[] = [];
  for (const event of named) {
    const queue = rest[event.fromOriginator ? 0 : 1];
    const at = queue.indexOf(event);
    if (at >= 0) all.push(...queue.splice(0, at + 1));
  }
  return [...all, ...rest[0], ...rest[1]];
}
