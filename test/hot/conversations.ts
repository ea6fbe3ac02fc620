/** Conversations with all that can go wrong in them, and what is known in the end of those who held them. */
import fc from 'fast-check';
import type { Learning } from '../../src/engine/learning.ts';
import type { Output } from '../../src/engine/output.ts';
import type { Packet } from '../capture/packet.ts';
import { ether, ipv4, ipv6, tcp, udp } from '../packet/build-frame.ts';

/** One step of a conversation, as small numbers so that steps often meet. */
export interface Step {
  readonly flow: number;
  readonly back: boolean;
  readonly kind: number;
  readonly length: number;
  readonly ttl: number;
  readonly wait: number;
}

export const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  flow: fc.nat({ max: 3 }),
  back: fc.boolean(),
  // Mostly data and acknowledgements in order; sometimes anything else.
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant(20) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }) },
  ),
  length: fc.constantFrom(0, 0, 1, 60, 1400),
  ttl: fc.oneof({ weight: 20, arbitrary: fc.constant(64) }, { weight: 1, arbitrary: fc.constant(63) }),
  wait: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(0, 1e6) },
    { weight: 1, arbitrary: fc.constantFrom(1e8, 1e9, 7e9, 4e11, -1e6, -3e9) },
  ),
});

const PORTS = [443, 9000, 53, 5000];

/** A capture of some conversations: handshakes, data in and out of order, resets, new starts, address changes. */
export function conversations(steps: readonly Step[]): Packet[] {
  const next = PORTS.map(() => [1000, 500_000_000]);
  const packets: Packet[] = [];
  let time = 1_700_000_000_000_000_000n;
  const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03'];
  const push = (step: Step, flags: number, sequence: number, ack: number, length: number): void => {
    const isUdp = step.flow >= 2;
    const ports: [number, number] = step.back ? [PORTS[step.flow]!, 40_000] : [40_000, PORTS[step.flow]!];
    const payload = new Uint8Array(length).fill(0x41);
    const transport = isUdp
      ? udp({ ports }, payload)
      : tcp(
          { ports, flags, seq: sequence >>> 0, ack: ack >>> 0, window: step.kind === 40 ? 0 : 5000 },
          payload,
        );
    const [src, dst] = step.back ? ['192.168.1.20', '192.168.1.10'] : ['192.168.1.10', '192.168.1.20'];
    const isV6 = step.flow === 1;
    const network = isV6
      ? ipv6(
          {
            src: step.back ? 'fd00::2' : 'fd00::1',
            dst: step.back ? 'fd00::1' : 'fd00::2',
            nextHeader: 6,
            hopLimit: step.ttl,
          },
          transport,
        )
      : ipv4({ src, dst, protocol: isUdp ? 17 : 6, ttl: step.ttl }, transport);
    const from = step.kind === 39 ? macs[2]! : step.back ? macs[1]! : macs[0]!;
    const bytes = ether(
      { src: from, dst: step.back ? macs[0]! : macs[1]!, type: isV6 ? 0x86dd : 0x0800 },
      network,
    );
    const cut = step.kind === 38 ? bytes.slice(0, bytes.length - Math.min(20, length)) : bytes;
    packets.push({
      seconds: Number(time / 1_000_000_000n),
      nanos: Number((time % 1_000_000_000n) / 1000n) * 1000,
      bytes: cut,
      wireLen: bytes.length,
    });
  };
  for (const step of steps) {
    time += BigInt(step.wait);
    const way = step.back ? 1 : 0;
    const numbers = next[step.flow]!;
    const own = numbers[way]!;
    const other = numbers[1 - way]!;
    if (step.flow >= 2) push(step, 0, 0, 0, step.length);
    else if (step.kind < 2) {
      push({ ...step, back: false }, 2, numbers[0]! - 1, 0, 0);
      push({ ...step, back: true }, 18, numbers[1]! - 1, numbers[0]!, 0);
      push({ ...step, back: false }, 16, numbers[0]!, numbers[1]!, 0);
    } else if (step.kind === 2) push(step, 17, own, other, step.length);
    else if (step.kind === 3) push(step, 4, own, 0, 0);
    else if (step.kind === 4) push(step, 24, own - 100, other, step.length);
    else if (step.kind === 5) push(step, 24, own + 3000, other, step.length);
    else if (step.kind === 6) push(step, 16, own, other + 70_000, 0);
    else {
      push(step, step.length > 0 ? 24 : 16, own, other, step.length);
      if (step.kind !== 38) numbers[way] = (own + step.length) >>> 0;
    }
  }
  return packets;
}

/** Two handshakes, for flows that last. */
export const OPENING: readonly Step[] = [0, 1].map((flow) => ({
  flow,
  back: false,
  kind: 0,
  length: 0,
  ttl: 64,
  wait: 0,
}));

/** Notes flows as they end. */
export function flowNotes(): { readonly flows: unknown[]; readonly output: Output } {
  const flows: unknown[] = [];
  return {
    flows,
    output: {
      flowEnd: (slot, table) =>
        flows.push([
          table.id[slot],
          table.endReason,
          table.firstSeconds[slot],
          table.lastSeconds[slot],
          table.lastNanos[slot],
          table.origPackets[slot],
          table.respPackets[slot],
          table.origIpBytes[slot],
          table.respIpBytes[slot],
          table.origTcpFlags[slot],
          table.respTcpFlags[slot],
          table.payloadBytes(slot, true),
          table.payloadBytes(slot, false),
          table.missedBytes(slot),
          table.history(slot),
          table.connState(slot),
        ]),
      end: () => Promise.resolve(),
    },
  };
}

/** Everything that is known of totals, devices and issues in the end. */
export function knowledgeOf({ totals, devices, issues, flows }: Learning): unknown {
  return {
    created: flows.created,
    totals: [totals.packets, totals.bytes, [...totals.protocols()], totals.spans],
    devices: devices.devices.map((d) => [
      d.id,
      devices.traffic(d.index),
      devices.lastSeen(d.index),
      [...d.addresses],
    ]),
    issues: [...issues.count],
  };
}
