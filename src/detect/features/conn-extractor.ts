import { isGroupIp, isPrivateIp } from '../../bytes/address.ts';
import { historyLetters } from '../../flow/history.ts';
import { IP_PROTOCOL } from '../../packet/layer.ts';
import { CONN_SET, WINDOW } from './conn-set.ts';
import { addressKey, countBadChecksums, type FlowFacts } from './flow-facts.ts';
import { HostWindows } from './host-windows.ts';
import { PairWindows } from './pair-windows.ts';
import { PORT_CLASSES, PORTLESS, portClass } from './port-class.ts';
import { SERVICE_CLASSES } from './service-class.ts';
import { isUnanswered, STATE_CLASSES, stateClass } from './state-class.ts';

/** Hosts and pairs that are followed. */
const MAX_HOSTS = 8192;
const MAX_PAIRS = 32_768;

/**
 * Fills rows of the feature set `conn`, in the order in which flows end. Values are rounded to single precision, so a
 * row is the same in a file, in training and in a tensor.
 *
 * State: `MAX_HOSTS` originators and as many responders with at most `WINDOW.flows` flows each (2 KB), `MAX_PAIRS` pairs
 * of at most `WINDOW.pairFlows` (half a KB): 48 MB at most, as many as there are hosts and pairs. Nothing is made for a
 * flow.
 */
export class ConnExtractor {
  readonly #sources = new HostWindows(MAX_HOSTS, WINDOW.sourceSeconds);
  readonly #targets = new HostWindows(MAX_HOSTS, WINDOW.targetSeconds);
  readonly #pairs = new PairWindows(MAX_PAIRS, WINDOW.sourceSeconds);

  /** Writes the row of a flow to `out[at]` and on. May mend the facts (`countBadChecksums`). */
  row(facts: FlowFacts, out: Float32Array, at: number): void {
    countBadChecksums(facts);
    const { duration, protocol, letters } = facts;
    const { origPackets, respPackets, origIpBytes, respIpBytes } = facts;
    const hasDuration = duration > 0;
    const origPayload = hasDuration ? facts.origPayload : 0;
    const respPayload = hasDuration ? facts.respPayload : 0;
    const payload = origPayload + respPayload;
    const isIcmp = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
    let i = at;

    out[i++] = Math.max(0, duration);
    out[i++] = origPackets;
    out[i++] = respPackets;
    out[i++] = origPayload;
    out[i++] = respPayload;
    out[i++] = origIpBytes;
    out[i++] = respIpBytes;
    out[i++] = origPackets === 0 ? 0 : origIpBytes / origPackets;
    out[i++] = respPackets === 0 ? 0 : respIpBytes / respPackets;
    out[i++] = payload === 0 ? 0 : (origPayload - respPayload) / payload;
    out[i++] = hasDuration ? (origPackets + respPackets) / duration : 0;
    out[i++] = hasDuration ? origIpBytes / duration : 0;

    out[i++] = protocol === IP_PROTOCOL.tcp ? 1 : 0;
    out[i++] = protocol === IP_PROTOCOL.udp ? 1 : 0;
    out[i++] = isIcmp ? 1 : 0;

    out[i++] = facts.historyLength;
    for (let n = 0; n < HISTORY_FLAGS.length; n++) out[i++] = (letters & HISTORY_FLAGS[n]!) === 0 ? 0 : 1;

    i = oneHot(out, i, STATE_CLASSES.length, stateClass(facts.state));
    i = oneHot(out, i, SERVICE_CLASSES.length, facts.service);
    i = oneHot(out, i, PORT_CLASSES.length, isIcmp ? PORTLESS : portClass(facts.respPort));
    const { orig, resp } = facts;
    const toGroup = isGroupIp(resp[0]!, resp[1]!, resp[2]!, resp[3]!);
    out[i++] = isPrivateIp(orig[0]!, orig[1]!, orig[2]!, orig[3]!) ? 0 : 1;
    out[i++] = toGroup || isPrivateIp(resp[0]!, resp[1]!, resp[2]!, resp[3]!) ? 0 : 1;
    out[i++] = toGroup ? 1 : 0;

    this.#repetition(facts, origPayload, isIcmp, toGroup, out, i);
  }

  #repetition(
    facts: FlowFacts,
    origPayload: number,
    isIcmp: boolean,
    toGroup: boolean,
    out: Float32Array,
    i: number,
  ): void {
    const { start } = facts;
    const orig = addressKey(facts.orig);
    const resp = addressKey(facts.resp);
    const isAttempt = isUnanswered(facts.state) || (isIcmp && facts.respPackets === 0);
    // Nobody answers an announcement to a group.
    const unanswered = isAttempt && !toGroup;
    const port = (isIcmp ? 0 : facts.respPort) + (facts.protocol === IP_PROTOCOL.tcp ? 0x1_0000 : 0);
    const sources = this.#sources;
    sources.add(orig, start, resp, port, unanswered);
    const targets = this.#targets;
    targets.add(resp, start, orig, port, unanswered);
    const pairs = this.#pairs;
    pairs.add(pairKey(orig, resp, port), start, origPayload, unanswered);

    out[i++] = sources.count;
    out[i++] = sources.rate;
    out[i++] = sources.others;
    out[i++] = sources.ports;
    out[i++] = sources.othersOnPort;
    out[i++] = sources.portsOfOther;
    out[i++] = sources.unansweredShare;
    out[i++] = targets.count;
    out[i++] = targets.rate;
    out[i++] = targets.others;
    out[i++] = targets.unansweredShare;
    out[i++] = pairs.count;
    out[i++] = pairs.unansweredShare;
    out[i++] = pairs.interval;
    out[i++] = pairs.intervalVariation;
    out[i++] = pairs.samePayloadShare;
  }
}

/** Letters of each flag of the history, in the order of the set. */
const HISTORY_FLAGS = ['S', 'h', 'D', 'd', 'F', 'f', 'R', 'r', 'Tt'].map(historyLetters);

/** Sets one of `length` flags; the index after them. */
function oneHot(out: Float32Array, at: number, length: number, chosen: number): number {
  for (let i = at; i < at + length; i++) out[i] = 0;
  out[at + chosen] = 1;
  return at + length;
}

/** 30 bits of who talks to whom on which port; the order of the two counts. */
function pairKey(orig: number, resp: number, port: number): number {
  const mixed = Math.imul(orig, 0x9e37_79b1) ^ Math.imul(resp, 0x85eb_ca6b) ^ Math.imul(port, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 15)) >>> 2;
}

/** Columns of a row. */
export const CONN_WIDTH = CONN_SET.features.length;
