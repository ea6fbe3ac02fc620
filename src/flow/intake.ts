import type { PacketBatch } from '../packet/batch.ts';
import type { IssueCounter } from '../packet/issue.ts';
import { IS_TUNNEL_PORT } from '../packet/encapsulation.ts';
import { LAYER } from '../packet/layer.ts';
import { FragmentReassembler } from './fragments.ts';
import { OuterPacket } from './outer.ts';
import type { FlowTable } from './table.ts';
import { flowUid, tunnelUid } from './uid.ts';

/** Told of every packet of a flow after the table counted it. */
export type PacketTap = (batch: PacketBatch, i: number, slot: number, fromOriginator: boolean) => void;

/** Looks at the payload of packets for messages. */
export interface PayloadInspector {
  /** Looks at packet `i`, which belongs to flow `slot` (-1 for none), right after the table counted it. */
  packet(batch: PacketBatch, i: number, slot: number): void;
  /** Of which directions of a flow no more payload is looked at: 1 the originator's, 2 the responder's. */
  inspected(slot: number): number;
}

/**
 * The way of a packet into the room: fragments wait until their datagram is whole, a tunnel counts as a flow of its
 * own and as the parent of what it carries, and everything else goes straight to the table and the inspector.
 */
export class FlowIntake {
  readonly #flows: FlowTable;
  readonly #inspector: PayloadInspector;
  readonly #fragments: FragmentReassembler;
  readonly #outer = new OuterPacket();
  readonly #tap: PacketTap | null;

  constructor(
    flows: FlowTable,
    inspector: PayloadInspector,
    issues: IssueCounter,
    tap: PacketTap | null = null,
  ) {
    this.#tap = tap;
    this.#flows = flows;
    this.#inspector = inspector;
    this.#fragments = new FragmentReassembler(flows.config, issues);
  }

  /**
   * Takes row `i` of a batch whose headers were decoded; rows in the order of packet time. Returns the slot of its flow, -1
   * when it has none or came in a way of its own.
   */
  packet(batch: PacketBatch, i: number): number {
    if ((batch.layers[i]! & (LAYER.fragment | LAYER.tunnel)) !== 0) {
      this.#unusual(batch, i);
      return -1;
    }
    const slot = this.#count(batch, i);
    this.#inspector.packet(batch, i, slot);
    return slot;
  }

  #unusual(batch: PacketBatch, i: number): void {
    const isTunnelled = (batch.layers[i]! & LAYER.tunnel) !== 0;
    const parent = isTunnelled ? this.#tunnel(batch, i) : '';
    if ((batch.layers[i]! & LAYER.fragment) !== 0) {
      const whole = this.#fragments.offer(batch, i);
      if (whole === null) return;
      batch = whole;
      i = 0;
    }
    const slot = this.#count(batch, i);
    if (slot >= 0 && parent !== '') this.#flows.addTunnelParent(slot, parent);
    this.#inspector.packet(batch, i, slot);
  }

  #count(batch: PacketBatch, i: number): number {
    const slot = this.#flows.packet(batch, i);
    if (this.#tap !== null && slot >= 0) this.#tap(batch, i, slot, this.#flows.fromOriginator);
    return slot;
  }

  /** Counts the tunnel's own packet; returns the tunnel's uid, '' when the tunnel is not in IP. */
  #tunnel(batch: PacketBatch, i: number): string {
    const outer = this.#outer.read(batch, i);
    if (outer === null) return '';
    const slot = this.#count(outer, 0);
    if (slot < 0) return tunnelUid(outer, 0);
    const { dstPort, srcPort } = outer;
    this.#flows.setTunnelPort(
      slot,
      IS_TUNNEL_PORT[dstPort[0]!] !== 0 ? dstPort[0]! : IS_TUNNEL_PORT[srcPort[0]!] !== 0 ? srcPort[0]! : 0,
    );
    return flowUid(this.#flows, slot);
  }
}
