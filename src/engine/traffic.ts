import type { ExpressLane } from '../flow/express-lane.ts';
import { FlowIntake, type PacketTap, type PayloadInspector } from '../flow/intake.ts';
import type { FlowTable } from '../flow/table.ts';
import { STATE } from '../hot/layout.ts';
import type { HotMemory } from '../hot/memory.ts';
import type { PacketBatch } from '../packet/batch.ts';
import type { CountedTraffic } from '../packet/counted-traffic.ts';
import { decodeHeaders } from '../packet/decode.ts';
import { ISSUE, type IssueCounter } from '../packet/issue.ts';
import { Subframes } from '../packet/subframes.ts';
import { CLOCK, PacketClock } from './packet-clock.ts';
import { type Selection, Selector } from './selection.ts';
import type { Totals } from './totals.ts';

/** Counts packets for their senders and receivers. */
export interface PacketCounter {
  /** Devices that the packet last given to `packet` was counted for, -1 for none. */
  readonly source: number;
  readonly destination: number;
  packet(batch: PacketBatch, i: number): void;
  /** Packets like row `i`, the last given to `packet`, bring nothing but numbers. */
  isSettled(batch: PacketBatch, i: number): boolean;
  /** Its counters lie in this memory, where the express lane counts for the same devices. */
  isIn(memory: HotMemory): boolean;
}

export interface TrafficOptions {
  /** Which packets to look at; null for all. */
  readonly selection: Selection | null;
  readonly flows: FlowTable;
  readonly issues: IssueCounter;
  readonly totals: Totals;
  readonly devices: PacketCounter;
  readonly inspector: PayloadInspector;
  /** Packet time came to a second. */
  readonly onTick: (seconds: number) => void;
  /** Told of every packet; null when nobody asks. */
  readonly tap: PacketTap | null;
  /** Memory that the batches lie in. */
  readonly memory?: HotMemory;
}

/**
 * What becomes of packets before anybody learns from them: headers, totals, packet time, flows. Header decoding runs over
 * the whole batch; everything with state runs packet by packet in the order of the capture, so no result depends on
 * where one batch ends and the next begins. Time is packet time (`PacketClock`): a packet that is older than one before
 * it is counted (`time/backwards`), and so is one whose time leaps ahead and is not confirmed (`time/stray`).
 */
export class Traffic {
  readonly #issues: IssueCounter;
  readonly #totals: Totals;
  readonly #flows: FlowTable;
  readonly #devices: PacketCounter;
  readonly #inspector: PayloadInspector;
  readonly #intake: FlowIntake;
  readonly #onTick: (seconds: number) => void;
  readonly #subframes = new Subframes();
  readonly #selector: Selector | null;
  readonly #memory: HotMemory | null;
  readonly #lane: ExpressLane | null;
  readonly #clock = new PacketClock();
  #strays = 0;

  constructor(options: TrafficOptions) {
    const { flows, issues, devices, inspector, tap, memory } = options;
    this.#flows = flows;
    this.#issues = issues;
    this.#totals = options.totals;
    this.#devices = devices;
    this.#inspector = inspector;
    this.#onTick = options.onTick;
    this.#selector = options.selection === null ? null : new Selector(options.selection);
    flows.isTold = true;
    this.#intake = new FlowIntake(flows, inspector, issues, tap);
    // Whoever asks for every packet gets every packet.
    const isOpen = memory !== undefined && devices.isIn(memory) && tap === null;
    this.#memory = isOpen ? memory : null;
    this.#lane = isOpen ? flows.openLane(memory) : null;
  }

  /** True when no later packet can change the result (a limit was reached). */
  get isSatisfied(): boolean {
    return this.#selector?.isSatisfied ?? false;
  }

  /** First half of what is done with a batch: the header columns. */
  decode(batch: PacketBatch): void {
    decodeHeaders(batch, this.#issues);
  }

  /** Second half: everything that has state. The batch is not needed afterwards. */
  take(batch: PacketBatch): void {
    const chosen = this.#selector?.choose(batch) ?? null;
    this.#totals.add(batch, chosen);
    const { tsSeconds, tsNanos } = batch;
    const lane = chosen === null && batch.hot !== null && batch.hot === this.#memory ? this.#lane : null;
    const state = lane?.words;
    lane?.probe(batch);
    for (let i = batch.start; i < batch.count; i++) {
      if (chosen !== null && chosen[i] === 0) continue;
      if (lane !== null) {
        const clock = this.#clock;
        state![STATE.isCalm >>> 2] = clock.isCalm ? 1 : 0;
        state![STATE.seconds >>> 2] = clock.seconds;
        state![STATE.nanos >>> 2] = clock.nanos;
        i = lane.run(batch, i);
        clock.nanos = state![STATE.nanos >>> 2]!;
        if (i >= batch.count) break;
      }
      const moved = this.#clock.take(tsSeconds[i]!, tsNanos[i]!, batch.packetNumber(i));
      if (moved !== CLOCK.stands) this.#onClock(moved, batch.packetNumber(i));
      this.#devices.packet(batch, i);
      const slot = this.#intake.packet(batch, i);
      if (batch.subframeOffset[i] !== 0) this.#subframesOf(batch, i);
      else if (slot >= 0 && lane !== null && lane.canTake(batch, i)) {
        const inspected = this.#inspector.inspected(slot);
        if (inspected !== 0 && this.#devices.isSettled(batch, i)) {
          this.#flows.admit(batch, i, slot, this.#devices.source, this.#devices.destination, inspected);
        }
      }
    }
  }

  /** The further frames of an aggregate: they count for devices and flows, the whole is one packet. */
  #subframesOf(batch: PacketBatch, i: number): void {
    const subframes = this.#subframes;
    subframes.begin(batch, i);
    while (subframes.next(this.#issues)) {
      this.#devices.packet(subframes.batch, 0);
      this.#intake.packet(subframes.batch, 0);
    }
  }

  /**
   * Takes packets that were counted where they passed: they count for totals and flows (so flows do not time out), and
   * are seen by nobody. One of a flow that is not known is an issue. A selection does not apply.
   */
  credit(traffic: CountedTraffic): void {
    const { rows } = traffic;
    const { tsSeconds, tsNanos } = rows;
    let latest = rows.start;
    this.#totals.credit(traffic);
    for (let i = rows.start; i < rows.count; i++) {
      if (!this.#flows.credit(traffic, i))
        this.#issues.add(ISSUE['flow/counted-apart'], rows.packetNumber(i));
      if (tsSeconds[i]! > tsSeconds[latest]!) latest = i;
    }
    if (latest >= rows.count || tsSeconds[latest]! <= this.#clock.seconds) return;
    const packet = rows.packetNumber(latest);
    const moved = this.#clock.take(tsSeconds[latest]!, tsNanos[latest]!, packet);
    if (moved !== CLOCK.stands) this.#onClock(moved, packet);
  }

  /** Time went by without packets: flows that timed out by `seconds` end now and not with the next packet. */
  advance(seconds: number): void {
    if (seconds > this.#clock.seconds) this.#flows.advance(seconds, 0);
  }

  #onClock(moved: number, packet: number): void {
    if (moved !== CLOCK.advanced) this.#issues.add(ISSUE['time/backwards'], packet);
    if (moved === CLOCK.late) return;
    const { seconds, nanos, strays, strayPacket } = this.#clock;
    for (; this.#strays < strays; this.#strays++) this.#issues.add(ISSUE['time/stray'], strayPacket);
    if (moved === CLOCK.turnedBack) this.#flows.turnBack(seconds);
    else this.#flows.advance(seconds, nanos);
    this.#onTick(seconds);
  }
}
