import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/serve/doctor/doctor.ts';
import { type Machine, thisMachine } from '../../src/serve/doctor/machine.ts';
import { setOf } from '../../src/serve/privileges/capabilities.ts';

const ALL = setOf(['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_BPF', 'CAP_PERFMON']);
const FILES: Readonly<Record<string, string>> = {
  '/usr/include/pcap.h': '',
  '/usr/lib/libbpf.so.1': '',
  '/sys/kernel/btf/vmlinux': '',
  '/sys/class/net/eth0': '',
  '/sys/class/net/eth0/device': '',
  '/sys/class/net/eth0/flags': '0x1003',
  '/sys/class/net/eth0/carrier': '1',
};
const TOOLS: Readonly<Record<string, string>> = {
  'c++': 'g++',
  make: 'make',
  python3: 'Python',
  clang: 'clang 14',
  ethtool: 'generic-receive-offload: off\nlarge-receive-offload: off [fixed]\nrx-vlan-offload: off\n',
};

interface Changes extends Partial<Machine> {
  readonly files?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly tools?: Readonly<Record<string, string>>;
}

/** A machine that has everything, but for the changes. */
function machine({ files = {}, without = [], tools = {}, ...rest }: Changes = {}): Machine {
  const there = { ...FILES, ...files };
  const programs = { ...TOOLS, ...tools };
  const has = (name: string): boolean => !without.includes(name);
  return {
    platform: 'linux',
    kernel: '6.1.0-18-amd64',
    nodeVersion: '20.19.0',
    node: '/usr/bin/node',
    uid: 1000,
    permitted: ALL,
    exists: (path) => path in there && has(path),
    read: (path) => (has(path) ? (there[path] ?? '') : ''),
    output: (program) => (has(program) ? (programs[program] ?? null) : null),
    packageProblem: (name) => (has(name) ? '' : `${name} is not installed`),
    ...rest,
  };
}

const problems = (interfaces: readonly string[], changes: Changes) =>
  diagnose(interfaces, machine(changes)).checks.filter(
    ({ state }) => state === 'missing' || state === 'lesser',
  );

test('a machine that has everything is well', () => {
  const { ok, backends, checks } = diagnose(['eth0'], machine());
  assert.equal(ok, true);
  assert.deepEqual(backends, ['ebpf', 'libpcap']);
  assert.deepEqual(
    checks.filter(({ fix }) => fix !== ''),
    [],
  );
});

test('what one backend lacks is no failure while the other works', () => {
  const { ok, backends } = diagnose([], machine({ without: ['koffi'] }));
  assert.equal(ok, true);
  assert.deepEqual(backends, ['libpcap']);
  const [koffi] = problems([], { without: ['koffi'] });
  assert.deepEqual([koffi!.state, koffi!.fix], ['lesser', 'npm install koffi']);
});

test('each thing that is missing has the command that mends it', () => {
  const cases: readonly (readonly [Changes, RegExp])[] = [
    [{ without: ['cap'] }, /^npm install cap && npm rebuild cap$/],
    [
      { without: ['cap', '/usr/include/pcap.h', 'c++'] },
      /^apt-get install libpcap-dev g\+\+ && npm install cap/,
    ],
    [{ without: ['/usr/lib/libbpf.so.1'] }, /^apt-get install libbpf1$/],
    [{ permitted: 0n }, /^sudo setcap cap_net_raw\+eip \/usr\/bin\/node$/],
    [{ permitted: 0n, uid: 0 }, /^docker run --cap-add NET_RAW /],
    [{ permitted: setOf(['CAP_NET_RAW']) }, /^sudo setcap cap_bpf,cap_net_admin,cap_perfmon\+eip/],
    [{ without: ['onnxruntime-node'] }, /^npm install onnxruntime-node$/],
  ];
  for (const [changes, fix] of cases) assert.match(problems([], changes)[0]!.fix, fix);
});

test('without any backend live mode does not work', () => {
  const { ok, backends, checks } = diagnose([], machine({ permitted: 0n }));
  assert.equal(ok, false);
  assert.deepEqual(backends, []);
  assert.equal(checks.filter(({ state }) => state === 'missing').length, 2);
});

test('kernels: perf events before 5.8, nothing before 5.4', () => {
  const found = (kernel: string) =>
    diagnose([], machine({ kernel })).checks.find(({ name }) => name === 'eBPF: kernel')!;
  assert.match(found('5.10.0').found, /with ring buffer/);
  assert.match(found('5.4.0-150-generic').found, /perf events/);
  assert.equal(found('4.19.0').state, 'lesser');
  assert.deepEqual(diagnose([], machine({ kernel: '4.19.0' })).backends, ['libpcap']);
});

test('interfaces: down, without a link, and offloads that distort', () => {
  const eth0 = (changes: Changes) => {
    const { ok, checks } = diagnose(['eth0'], machine(changes));
    return { ok, checks: checks.filter(({ name }) => name === 'interface eth0') };
  };
  const down = eth0({ files: { '/sys/class/net/eth0/flags': '0x1002' } });
  assert.deepEqual([down.ok, down.checks[0]!.fix], [false, 'ip link set eth0 up']);
  assert.match(eth0({ files: { '/sys/class/net/eth0/carrier': '0' } }).checks[0]!.found, /without a link/);
  assert.match(
    eth0({ files: { '/sys/class/net/eth0/flags': '0x1103' } }).checks[1]!.found,
    /another program/,
  );
  const gro = eth0({
    tools: { ethtool: 'generic-receive-offload: on\n\trx-gro-hw: on [fixed]\nrx-vlan-offload: on\n' },
  });
  assert.equal(gro.ok, true);
  assert.equal(gro.checks[2]!.fix, 'ethtool -K eth0 gro off rx-gro-hw off');
  assert.match(gro.checks[3]!.found, /VLAN/);
  assert.equal(eth0({ without: ['ethtool'] }).checks[2]!.fix, 'apt-get install ethtool');
});

test('a name that is none is not put into a command', () => {
  const { ok, checks } = diagnose(['eth0; rm -rf /', '../../etc'], machine());
  assert.equal(ok, false);
  for (const { fix, name } of checks.filter(({ state }) => state === 'missing')) {
    assert.equal(fix, 'lanscope interfaces', name);
  }
});

test('this machine can be asked', () => {
  const { checks } = diagnose([], thisMachine());
  assert.match(checks[0]!.found, new RegExp(`Node ${process.versions.node.replaceAll('.', '\\.')}$`));
});
