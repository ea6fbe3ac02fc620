import { isGroupIp, isPrivateIp } from '../../bytes/address.ts';
import { IP_PROTOCOL } from '../../packet/layer.ts';
import { BoundedMap } from '../bounded-map.ts';
import { CONN_SET, WINDOW } from './conn-set.ts';
import { addressKey, countBadChecksums, type FlowFacts } from './flow-facts.ts';
import { PORT_CLASSES, PORTLESS, portClass } from './port-class.ts';
import { RecentFlows } from './recent-flows.ts';
import { RecentPair } from './recent-pair.ts';
import { SERVICE_CLASSES } from './service-class.ts';
import { isUnanswered, STATE_CLASSES, stateClass } from './state-class.ts';

/** Hosts and pairs that are followed; the one heard from longest ago makes room. */
const MAX_HOSTS = 8192;
const MAX_PAIRS = 32_768;

/**
 * Fills rows of the feature set `conn`, in the order in which flows end. Values are rounded to single precision, so a
 * row is the same in a file, in training and in a tensor.
 *
 * State: `MAX_HOSTS` originators and as many responders with at most `WINDOW.flows` flows each (about 10 KB, those that
 * have so many), `MAX_PAIRS` pairs of at most `WINDOW.pairFlows`.
 */
export class ConnExtractor {
  readonly #sources = new BoundedMap<number, RecentFlows>(MAX_HOSTS);
  readonly #targets = new BoundedMap<number, RecentFlows>(MAX_HOSTS);
  readonly #pairs = new BoundedMap<number, RecentPair>(MAX_PAIRS);

  /** Writes the row of a flow to `out[at]` and on. May mend the facts (`countBadChecksums`). */
  row(facts: FlowFacts, out: Float32Array, at: number): void {
    countBadChecksums(facts);
    const { duration, protocol, history } = facts;
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

    out[i++] = history.length;
    for (const letters of HISTORY_LETTERS) out[i++] = hasAnyLetter(history, letters) ? 1 : 0;

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
    const source = this.#sources.use(orig, newSource);
    source.add(start, resp, port, unanswered);
    const target = this.#targets.use(resp, newTarget);
    target.add(start, orig, port, unanswered);
    const pair = this.#pairs.use(pairKey(orig, resp, port), newPair);
    pair.add(start, origPayload, unanswered);

    out[i++] = source.count;
    out[i++] = source.rate(start);
    out[i++] = source.others;
    out[i++] = source.ports;
    out[i++] = source.othersOnPort.of(port);
    out[i++] = source.portsOfOther.of(resp);
    out[i++] = source.unansweredShare;
    out[i++] = target.count;
    out[i++] = target.rate(start);
    out[i++] = target.others;
    out[i++] = target.unansweredShare;
    out[i++] = pair.count;
    out[i++] = pair.unansweredShare;
    out[i++] = pair.interval;
    out[i++] = pair.intervalVariation;
    out[i++] = pair.samePayloadShare;
  }
}

/** Letters of each flag of the history, in the order of the set. */
const HISTORY_LETTERS = ['S', 'h', 'D', 'd', 'F', 'f', 'R', 'r', 'Tt'] as const;

function hasAnyLetter(history: string, letters: string): boolean {
  return history.includes(letters[0]!) || (letters.length > 1 && history.includes(letters[1]!));
}

/** Sets one of `length` flags; the index after them. */
function oneHot(out: Float32Array, at: number, length: number, chosen: number): number {
  out.fill(0, at, at + length);
  out[at + chosen] = 1;
  return at + length;
}

const newSource = (): RecentFlows => new RecentFlows(WINDOW.flows, WINDOW.sourceSeconds);
const newTarget = (): RecentFlows => new RecentFlows(WINDOW.flows, WINDOW.targetSeconds);
const newPair = (): RecentPair => new RecentPair(WINDOW.pairFlows, WINDOW.sourceSeconds);

/** 30 bits of who talks to whom on which port; the order of the two counts. */
function pairKey(orig: number, resp: number, port: number): number {
  const mixed = Math.imul(orig, 0x9e37_79b1) ^ Math.imul(resp, 0x85eb_ca6b) ^ Math.imul(port, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 15)) >>> 2;
}

/** Columns of a row. */
export const CONN_WIDTH = CONN_SET.features.length;
