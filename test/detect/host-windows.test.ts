/** What is counted of a host's window is what looking through it finds, whatever came, left, or made room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WINDOW } from '../../src/detect/features/conn-set.ts';
import { HostWindows } from '../../src/detect/features/host-windows.ts';

interface Flow {
  readonly host: number;
  readonly other: number;
  readonly port: number;
  readonly isUnanswered: boolean;
  /** Seconds since the flow before. */
  readonly pause: number;
}

const SECONDS = 60;
const HOSTS = 4;

const flow = (hosts: number, others: number, ports: number): fc.Arbitrary<Flow> =>
  fc.record({
    host: fc.nat(hosts - 1),
    other: fc.nat(others - 1).map((n) => (n * 0x1234_5671) % 0x3fff_ffff),
    port: fc.nat(ports - 1).map((n) => (n * 9973) % 0x2_0000),
    isUnanswered: fc.boolean(),
    pause: fc.oneof({ weight: 9, arbitrary: fc.constant(0.1) }, { weight: 1, arbitrary: fc.nat(90) }),
  });

function check(
  flows: readonly Flow[],
  windows: HostWindows,
  hosts: Map<number, (Flow & { start: number })[]>,
): void {
  let start = 1000;
  for (const one of flows) {
    start += one.pause;
    windows.add(one.host, start, one.other, one.port, one.isUnanswered);
    const window = hosts.get(one.host) ?? [];
    hosts.set(one.host, window);
    while (window.length > 0 && (window.length === WINDOW.flows || start - window[0]!.start > SECONDS))
      window.shift();
    window.push({ ...one, start });
    const different = (values: readonly number[]): number => new Set(values).size;
    assert.deepEqual(
      {
        count: windows.count,
        others: windows.others,
        ports: windows.ports,
        othersOnPort: windows.othersOnPort,
        portsOfOther: windows.portsOfOther,
        unanswered: windows.unansweredShare,
      },
      {
        count: window.length,
        others: different(window.map(({ other }) => other)),
        ports: different(window.map(({ port }) => port)),
        othersOnPort: different(window.filter(({ port }) => port === one.port).map(({ other }) => other)),
        portsOfOther: different(window.filter(({ other }) => other === one.other).map(({ port }) => port)),
        unanswered: window.filter(({ isUnanswered }) => isUnanswered).length / window.length,
      },
    );
  }
}

test('of a few hosts, few and many others and ports', () => {
  for (const [others, ports] of [
    [2, 2],
    [5, 300],
    [300, 3],
    [400, 400],
  ] as const) {
    fc.assert(
      fc.property(fc.array(flow(HOSTS, others, ports), { minLength: 200, maxLength: 500 }), (flows) => {
        check(flows, new HostWindows(64, SECONDS), new Map());
      }),
      { numRuns: 8 },
    );
  }
});

test('of hosts that made room for others nothing is left', () => {
  const windows = new HostWindows(8, SECONDS);
  const add = (host: number, other: number): void => windows.add(host, 1000, other, 443, false);
  for (let host = 0; host < 2000; host++) for (let other = 0; other < 40; other++) add(host, other);
  add(1, 7);
  assert.deepEqual([windows.count, windows.others, windows.othersOnPort], [1, 1, 1]);
});
