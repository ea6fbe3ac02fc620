/** A network for some hours: hosts that do what they do, and in most networks one or two that are infected. */
import { type Behaviour, BENIGN_BEHAVIOURS, type Host } from './benign.ts';
import type { SimulatedFlow } from './flow.ts';
import { MALICIOUS_BEHAVIOURS } from './malicious.ts';
import { Random } from './random.ts';

/** Flows of one benign behaviour of one host at most; malicious ones bound themselves. */
const MAX_BENIGN = 300;

const EPOCH = 1_700_000_000;

/** All flows of the network with this number, in the order in which they end, as a log has them. */
export function simulateNetwork(number: number): SimulatedFlow[] {
  const random = new Random(0x9e37_79b1 ^ Math.imul(number + 1, 0x85eb_ca6b));
  const net = random.pick([
    `192.168.${random.whole(0, 255)}`,
    `10.${random.whole(0, 255)}.${random.whole(0, 255)}`,
    `172.16.${random.whole(0, 255)}`,
  ]);
  const from = EPOCH + number * 100_000;
  const to = from + random.scale(1800, 43_200);
  const flows: SimulatedFlow[] = [];
  const hosts = random.whole(3, 10);
  for (let h = 0; h < hosts; h++) {
    const host: Host = { address: `${net}.${10 + h}`, gateway: `${net}.1`, from, to };
    act(random, host, BENIGN_BEHAVIOURS, random.whole(2, 5), MAX_BENIGN, flows);
  }
  const infected = random.whole(0, 2);
  for (let h = 0; h < infected; h++) {
    const host: Host = { address: `${net}.${10 + h}`, gateway: `${net}.1`, from, to };
    act(random, host, MALICIOUS_BEHAVIOURS, random.whole(1, 3), Number.POSITIVE_INFINITY, flows);
  }
  const ends = flows.map((flow, index) => ({ flow, index, end: flow.start + flow.duration + settle(flow) }));
  ends.sort((a, b) => a.end - b.end || a.index - b.index);
  return ends.map(({ flow }) => flow);
}

function act(
  random: Random,
  host: Host,
  from: readonly Behaviour[],
  count: number,
  most: number,
  flows: SimulatedFlow[],
): void {
  const chosen = new Set<Behaviour>();
  for (let n = 0; n < count; n++) chosen.add(random.pick(from));
  for (const behaviour of chosen) {
    const before = flows.length;
    behaviour(random, host, flows);
    flows.length = Math.min(flows.length, before + most);
  }
}

/** Seconds after its last packet until a flow is over. */
function settle({ proto, state }: SimulatedFlow): number {
  if (proto !== 'tcp') return 60;
  return state === 'SF' || state === 'REJ' ? 0.1 : 5;
}
