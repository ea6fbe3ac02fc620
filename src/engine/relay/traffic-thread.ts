/**
 * The thread of the traffic: reads captures, decodes headers, keeps flows, and writes down for the other thread what
 * something may be learned from.
 */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { LanscopeError } from '../../bytes/error.ts';
import { openCaptures } from '../../capture/open.ts';
import type { Source, SourceInfo, SourceOptions } from '../../capture/source.ts';
import type { FlowConfig } from '../../flow/config.ts';
import { FlowTable } from '../../flow/table.ts';
import { HotMemory } from '../../hot/memory.ts';
import { type IssueCounts, IssueCounter } from '../../packet/issue.ts';
import { Totals, type TrafficCounts } from '../totals.ts';
import { Traffic } from '../traffic.ts';
import { Parcel, PARCELS, type Sent } from './parcel.ts';
import { Recorder } from './recorder.ts';
import { CONTROL, type SharedState } from './shared.ts';

/** What the thread waits for. */
export interface TrafficTask {
  readonly paths: readonly string[];
  readonly source: Omit<SourceOptions, 'memory'>;
  readonly flow: FlowConfig;
  readonly shared: SharedState;
}

/** Its last message. */
export type Ended =
  | {
      readonly kind: 'ended';
      readonly inputs: readonly SourceInfo[];
      readonly totals: TrafficCounts;
      readonly issues: IssueCounts;
    }
  | {
      readonly kind: 'refused';
      readonly code: LanscopeError['code'];
      readonly message: string;
      readonly hint: string;
    };

/** What it sends. */
export type TrafficMessage = Sent | Ended;

/** Batches after which what was written is handed over in any case: the express lane waits for it. */
const BATCHES = 4;

async function run(port: MessagePort, task: TrafficTask): Promise<Ended> {
  const memory = HotMemory.open();
  const source = openCaptures(task.paths, { ...task.source, memory });
  const issues = new IssueCounter();
  const totals = new Totals();
  const shipping = new Shipping(port, task.shared, source, totals);
  const recorder = new Recorder(task.shared, memory, (full, frameBytes) =>
    shipping.exchange(full, frameBytes),
  );
  const flows = new FlowTable(task.flow, issues, recorder);
  recorder.watch(flows);
  const traffic = new Traffic({
    selection: null,
    flows,
    issues,
    totals,
    devices: recorder.ends,
    inspector: recorder,
    onTick: (seconds) => recorder.tick(seconds),
    tap: null,
    memory,
  });
  let batches = 0;
  try {
    for await (const batch of source) {
      traffic.decode(batch);
      traffic.take(batch);
      recorder.flush(shipping.isAwaited || ++batches % BATCHES === 0);
      if (Atomics.load(task.shared.control, CONTROL.stop) !== 0) break;
    }
  } finally {
    await source.close();
  }
  flows.end();
  recorder.ends.tell();
  recorder.flush(true);
  return { kind: 'ended', inputs: source.inputs, totals: totals.counts, issues };
}

/** Sends what is full, and waits until there is something empty: this is what keeps the reading from running ahead. */
class Shipping {
  readonly #port: MessagePort;
  readonly #control: Int32Array;
  readonly #source: Source;
  readonly #totals: Totals;
  readonly #parcels: Parcel[] = [];
  #sent = 0;

  constructor(port: MessagePort, { control }: SharedState, source: Source, totals: Totals) {
    this.#port = port;
    this.#control = control;
    this.#source = source;
    this.#totals = totals;
  }

  /** The other thread waits for this one. */
  get isAwaited(): boolean {
    return this.#underWay() === 0;
  }

  /** An empty parcel for a full one, with room for a frame of this length. */
  exchange(full: Parcel, frameBytes: number): Parcel {
    const parcels = this.#parcels;
    const place = this.#sent++ % PARCELS;
    const isNew = parcels[place] !== full;
    parcels[place] = full;
    let bytesRead = 0;
    let totalBytes = 0;
    for (const input of this.#source.inputs) {
      bytesRead += input.bytes;
      totalBytes += input.totalBytes;
    }
    this.#port.postMessage({
      buffer: isNew ? full.buffer : null,
      words: full.at,
      texts: full.texts,
      packets: this.#totals.packets,
      bytesRead,
      totalBytes,
    } satisfies Sent);
    const next = parcels[this.#sent % PARCELS];
    if (next === undefined) return Parcel.of(frameBytes);
    while (this.#underWay() >= PARCELS) {
      Atomics.wait(this.#control, CONTROL.returned, this.#sent - PARCELS);
    }
    next.clear();
    return next.hasRoomFor(frameBytes) ? next : Parcel.of(frameBytes);
  }

  #underWay(): number {
    return (this.#sent - Atomics.load(this.#control, CONTROL.returned)) | 0;
  }
}

const port = parentPort!;
port.once('message', (task: TrafficTask) => {
  run(port, task).then(
    (ended) => port.postMessage(ended),
    (error: unknown) => {
      // What is nobody's fault ends the thread, and is thrown in the other one.
      if (!(error instanceof LanscopeError)) throw error;
      const { code, message, hint } = error;
      port.postMessage({ kind: 'refused', code, message, hint } satisfies Ended);
    },
  );
});
