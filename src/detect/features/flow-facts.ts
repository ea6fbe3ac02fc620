import { historyLetters } from '../../flow/history.ts';
import { IP_PROTOCOL } from '../../packet/layer.ts';

/**
 * A finished flow as the set `conn` sees it, from the flow table or from a row of a log. One record is filled again and
 * again: nobody keeps it.
 */
export class FlowFacts {
  /** Begin, epoch seconds. */
  start = 0;
  /** Seconds. */
  duration = 0;
  /** IP protocol number. */
  protocol = 0;
  /** Index in `SERVICE_CLASSES`. */
  service = 0;
  /** Zeek's conn_state. */
  state = '';
  /** Of Zeek's history: the length of its text, and the letters in it (`historyLetters`). */
  historyLength = 0;
  letters = 0;
  origPort = 0;
  respPort = 0;
  origPackets = 0;
  respPackets = 0;
  origPayload = 0;
  respPayload = 0;
  origIpBytes = 0;
  respIpBytes = 0;
  /** Four words each, as in the flow table. */
  readonly orig = new Uint32Array(4);
  readonly resp = new Uint32Array(4);
}

/** What of a history the features look at. */
export function setHistory(facts: FlowFacts, text: string): void {
  facts.historyLength = text.length;
  facts.letters = historyLetters(text);
}

/** Letters of packets that Zeek leaves uncounted because their checksum is wrong. */
const BAD_CHECKSUMS = historyLetters('Cc');
const ATTEMPT = historyLetters('S');
const SMALLEST_TCP_PACKET = 40;

/**
 * Zeek does not count packets whose checksum is wrong, which captures on the sending host are full of; lanscope does not
 * check. A TCP flow of nothing else is an attempt that nobody answered: made so here, both describe it alike.
 */
export function countBadChecksums(facts: FlowFacts): void {
  const { letters } = facts;
  if (facts.protocol !== IP_PROTOCOL.tcp || letters === 0 || (letters & ~BAD_CHECKSUMS) !== 0) return;
  const packets = Math.max(1, facts.origPackets);
  facts.state = 'S0';
  facts.historyLength = 1;
  facts.letters = ATTEMPT;
  facts.origPackets = packets;
  facts.origIpBytes = Math.max(facts.origIpBytes, packets * SMALLEST_TCP_PACKET);
}

/**
 * 30 bits of an address: a small integer, which maps are fast with. Two of a few thousand hosts share one by chance now and
 * then, and are one host to the windows.
 */
export function addressKey(words: Uint32Array): number {
  let key = 0x811c_9dc5;
  for (let w = 0; w < 4; w++) {
    key = Math.imul(key ^ words[w]!, 0x85eb_ca6b);
    key ^= key >>> 15;
  }
  return key >>> 2;
}
