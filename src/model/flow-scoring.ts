/**
 * The model's way through an analysis: features when a flow ends, scores between batches, findings at the end. Scores of
 * a flow depend on the flows that ended before it and on nothing else: not on batches, not on the clock.
 *
 * Bounds: flows that wait are those that ended within one batch of packets, and `BATCH_ROWS` more.
 */
import { compareNumber, compareText } from '../bytes/order.ts';
import type { Entry } from '../detect/episode-log.ts';
import { FlowExtractor, needsPackets } from '../detect/features/extractor.ts';
import { PacketSums } from '../detect/features/packet-sums.ts';
import type { Finding } from '../detect/finding.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { Flows } from '../flow/flows.ts';
import type { PacketBatch } from '../packet/batch.ts';
import { type AlarmNotes, Alarms } from './alarms.ts';
import { UnusableModel } from './description.ts';
import { explain, type Reason } from './explain.ts';
import type { Model } from './load.ts';
import { mlFinding } from './ml-findings.ts';
import { type PendingFlow, PendingFlows } from './pending-flows.ts';
import { BATCH_ROWS } from './scorer.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** Findings of a model in a report, the strongest. */
const MAX_FINDINGS = 500;

/** What a model says of the flows of one device. */
export interface DeviceScores {
  /** Flows that the device opened and that were scored. */
  flows: number;
  alarms: number;
  /** Class and score of its most suspicious flow. */
  class: string;
  score: number;
}

/** Told of every flow, in the order in which they ended. */
export type ScoreListener = (flow: PendingFlow, className: string, verdict: Verdict) => void;

export class FlowScoring {
  readonly model: Model;
  /** Row of each packet for models that look at packets; undefined for others. */
  readonly packet:
    ((batch: PacketBatch, i: number, slot: number, fromOriginator: boolean) => void) | undefined;
  /** Why scoring stopped; '' while it works. */
  problem = '';
  /** By device index. */
  readonly devices: (DeviceScores | undefined)[] = [];
  readonly #extractor: FlowExtractor;
  readonly #sums: PacketSums | null;
  readonly #flows: Flows;
  readonly #registry: DeviceRegistry;
  readonly #pending: PendingFlows;
  readonly #scores: Float64Array;
  readonly #alarms: Alarms;
  readonly #listeners: readonly ScoreListener[];

  constructor(model: Model, flows: Flows, devices: DeviceRegistry, listeners: readonly ScoreListener[] = []) {
    const { featureSet, set, classes } = model.description;
    this.model = model;
    this.#flows = flows;
    this.#registry = devices;
    const sums = needsPackets(featureSet) ? new PacketSums(flows) : null;
    this.#sums = sums;
    this.packet =
      sums === null
        ? undefined
        : (batch, i, slot, fromOriginator) => sums.packet(batch, i, slot, fromOriginator);
    this.#extractor = new FlowExtractor(featureSet, flows, sums);
    this.#pending = new PendingFlows(set.features.length, BATCH_ROWS);
    this.#scores = new Float64Array(BATCH_ROWS * classes.length);
    this.#alarms = new Alarms(devices, classes);
    this.#listeners = listeners;
  }

  flowStart(slot: number): void {
    this.#sums?.flowStart(slot);
  }

  flowEnd(slot: number): void {
    if (this.problem !== '') return;
    const { origIp, respIp, origMac, respMac } = this.#flows;
    const pending = this.#pending;
    const device = this.#registry.actorOf(origIp, slot * 4, origMac[slot]!);
    const target = this.#registry.ownerOf(respIp, slot * 4, respMac[slot]!);
    const { facts } = pending.add(this.#flows, slot, device, target);
    this.#extractor.begin(slot, facts, pending.rows, (pending.count - 1) * pending.width);
  }

  /** Whether there is a whole run for `drain` to score. */
  get isFull(): boolean {
    return this.#pending.count >= BATCH_ROWS;
  }

  /** Scores the flows that wait in whole runs; what is left waits on. Flows may go on ending meanwhile. */
  async drain(): Promise<void> {
    await this.#score(this.#pending.count - (this.#pending.count % BATCH_ROWS));
  }

  /** Scores the rest. */
  async finish(): Promise<void> {
    await this.#score(this.#pending.count);
  }

  /** Findings, after `finish`; `rules` are what else was found. */
  async findings(rules: readonly Finding[]): Promise<Finding[]> {
    if (this.problem !== '') return [];
    const { description, scorer } = this.model;
    const entries = this.#strongest();
    const questions = entries.map(({ notes }) => notes.best!);
    let reasons: Reason[][] = [];
    await this.#watched(async () => {
      reasons = await explain(questions, description, scorer);
    });
    if (this.problem !== '') return [];
    return entries.map((entry, index) => mlFinding(entry, reasons[index]!, description, rules));
  }

  /** Findings of the flows that were scored, without reasons, which take runs of the model: for whoever watches. */
  findingsSoFar(rules: readonly Finding[]): Finding[] {
    if (this.problem !== '') return [];
    return this.#strongest().map((entry) => mlFinding(entry, [], this.model.description, rules));
  }

  #strongest(): Entry<AlarmNotes>[] {
    return this.#alarms
      .entries()
      .sort(
        (a, b) =>
          compareNumber(b.notes.sum, a.notes.sum) ||
          compareText(a.actor.key, b.actor.key) ||
          compareText(a.notes.className, b.notes.className) ||
          compareNumber(a.episode.first.seconds, b.episode.first.seconds),
      )
      .slice(0, MAX_FINDINGS);
  }

  async #score(count: number): Promise<void> {
    const pending = this.#pending;
    const { description, scorer } = this.model;
    const classes = description.classes.length;
    let done = 0;
    await this.#watched(async () => {
      for (; done < count && this.problem === ''; done += BATCH_ROWS) {
        const size = Math.min(BATCH_ROWS, count - done);
        for (let i = done; i < done + size; i++) {
          this.#extractor.finish(pending.flows[i]!.facts, pending.rows, i * pending.width);
        }
        await scorer.score(pending.rows.subarray(done * pending.width), size, this.#scores);
        for (let row = 0; row < size; row++) {
          this.#take(done + row, verdictOf(this.#scores, row * classes, description));
        }
      }
    });
    pending.drop(this.problem === '' ? count : pending.count);
  }

  /** What a model cannot do after all is a problem, and no failure. */
  async #watched(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UnusableModel)) throw error;
      this.problem = error.message;
    }
  }

  #take(index: number, verdict: Verdict): void {
    const flow = this.#pending.flows[index]!;
    const className = this.model.description.classes[verdict.class]!;
    if (flow.device >= 0) {
      const known = (this.devices[flow.device] ??= { flows: 0, alarms: 0, class: '', score: -1 });
      known.flows++;
      if (verdict.isAlarm) known.alarms++;
      if (verdict.score > known.score) {
        known.score = verdict.score;
        known.class = className;
      }
    }
    if (verdict.isAlarm) this.#alarms.add(this.#pending, index, verdict);
    for (const listener of this.#listeners) listener(flow, className, verdict);
  }
}
