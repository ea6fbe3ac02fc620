/**
 * The one extractor: training reads what it writes, and flows are scored on what it fills in.
 */
import type { Flows } from '../../flow/flows.ts';
import { ConnExtractor, CONN_WIDTH } from './conn-extractor.ts';
import { CONN_SET } from './conn-set.ts';
import type { FeatureSet } from './feature.ts';
import { FlowFacts } from './flow-facts.ts';
import { readFlow } from './flow-table-facts.ts';
import { LEGACY_SET, legacyRow } from './legacy-set.ts';
import { packetPart } from './packet-extractor.ts';
import { PACKET_SET } from './packet-set.ts';
import type { PacketSums } from './packet-sums.ts';

/** By name. The last is for models of the older shape and is not offered to anyone. */
export const FEATURE_SETS = { conn: CONN_SET, packet: PACKET_SET, legacy: LEGACY_SET } as const;
export type FeatureSetName = keyof typeof FEATURE_SETS;

/** Whether rows of a set need sums of packets, and so a capture. */
export function needsPackets(set: FeatureSetName): boolean {
  return set !== 'conn';
}

/** Fills rows of one set from flows, in the order in which these end. */
export class FlowExtractor {
  readonly set: FeatureSet;
  readonly #name: FeatureSetName;
  readonly #flows: Flows;
  readonly #sums: PacketSums | null;
  readonly #conn = new ConnExtractor();
  readonly #facts = new FlowFacts();

  /** `sums` may be null for sets that need no packets. */
  constructor(name: FeatureSetName, flows: Flows, sums: PacketSums | null) {
    if (sums === null && needsPackets(name)) throw new Error(`features of set ${name} need sums of packets`);
    this.set = FEATURE_SETS[name];
    this.#name = name;
    this.#flows = flows;
    this.#sums = sums;
  }

  /** Writes the row of the flow in `slot`, which has just ended. */
  row(slot: number, out: Float32Array, at: number): void {
    this.begin(slot, this.#facts, out, at);
    this.finish(this.#facts, out, at);
  }

  /**
   * Takes what must be taken while the flow in `slot` stands. The windows of hosts, which memory is slow with when they
   * are looked at now and then, can wait for `finish`, called in the same order for many flows at a time.
   */
  begin(slot: number, facts: FlowFacts, out: Float32Array, at: number): void {
    readFlow(this.#flows, slot, facts);
    this.#sums?.select(slot);
    if (this.#name === 'legacy') legacyRow(facts, this.#sums!, out, at);
    else if (this.#name === 'packet') packetPart(this.#sums!, out, at + CONN_WIDTH);
  }

  /** Completes the row that `begin` began. */
  finish(facts: FlowFacts, out: Float32Array, at: number): void {
    if (this.#name !== 'legacy') this.#conn.row(facts, out, at);
  }
}
