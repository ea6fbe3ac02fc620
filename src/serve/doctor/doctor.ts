/**
 * `lanscope doctor`: what live mode needs on this machine, what is there, and the command for what is not. Live mode
 * works when one of its backends does.
 */
import { type Capability, hasCapability } from '../privileges/capabilities.ts';
import type { Check } from './check.ts';
import { interfaceChecks } from './interface-checks.ts';
import type { Machine } from './machine.ts';

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** Backends of which nothing is missing. */
  readonly backends: readonly string[];
  /** Live mode works, on the interfaces that were asked for. */
  readonly ok: boolean;
}

/** Oldest kernel with the programs that the eBPF backend loads, and oldest with a ring buffer. */
const LEAST_KERNEL = [5, 4] as const;
const RING_BUFFER_KERNEL = [5, 8] as const;
const LIBRARIES = [
  '/usr/lib',
  '/usr/lib64',
  '/lib',
  '/usr/local/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
];
const HEADERS = ['/usr/include/pcap.h', '/usr/include/pcap/pcap.h', '/usr/local/include/pcap.h'];

export function diagnose(interfaces: readonly string[], machine: Machine): Diagnosis {
  const libpcap = libpcapChecks(machine);
  const ebpf = ebpfChecks(machine);
  const works = (checks: readonly Check[]): boolean => checks.every(({ state }) => state !== 'missing');
  const backends = [...(works(ebpf) ? ['ebpf'] : []), ...(works(libpcap) ? ['libpcap'] : [])];
  // What one backend lacks is no failure while the other works.
  const soften = (checks: readonly Check[]): Check[] =>
    backends.length === 0
      ? [...checks]
      : checks.map((check) => (check.state === 'missing' ? { ...check, state: 'lesser' } : check));
  const faces = interfaces.flatMap((name) => interfaceChecks(name, machine));
  return {
    checks: [
      ...systemChecks(machine),
      ...soften(libpcap),
      ...soften(ebpf),
      ...optionalChecks(machine),
      ...faces,
    ],
    backends,
    ok: backends.length > 0 && works(faces),
  };
}

function systemChecks({ platform, kernel, nodeVersion }: Machine): Check[] {
  return [{ name: 'system', state: 'ok', found: `${platform} ${kernel}, Node ${nodeVersion}`, fix: '' }];
}

function libpcapChecks(machine: Machine): Check[] {
  const problem = machine.packageProblem('cap');
  const checks: Check[] = [];
  if (problem === '') checks.push({ name: 'libpcap: cap', state: 'ok', found: 'built and loaded', fix: '' });
  else {
    const hasHeaders = HEADERS.some((path) => machine.exists(path));
    const packages = [
      ...(hasHeaders ? [] : ['libpcap-dev']),
      ...(machine.output('c++', '--version') === null ? ['g++'] : []),
      ...(machine.output('make', '--version') === null ? ['make'] : []),
      ...(machine.output('python3', '--version') === null ? ['python3'] : []),
    ];
    const install = packages.length === 0 ? '' : `apt-get install ${packages.join(' ')} && `;
    checks.push({
      name: 'libpcap: cap',
      state: 'missing',
      found: problem,
      fix: `${install}npm install cap && npm rebuild cap`,
    });
  }
  checks.push(privilege('libpcap: privileges', ['CAP_NET_RAW'], machine));
  return checks;
}

function ebpfChecks(machine: Machine): Check[] {
  const { kernel, platform } = machine;
  const check = (name: string, state: Check['state'], found: string, fix = ''): Check => ({
    name: `eBPF: ${name}`,
    state,
    found,
    fix,
  });
  if (platform !== 'linux') return [check('kernel', 'missing', 'only Linux has it')];
  const version = kernel.split(/[.-]/).slice(0, 2).map(Number);
  const isAtLeast = ([major, minor]: readonly [number, number]): boolean =>
    version[0]! > major || (version[0] === major && version[1]! >= minor);
  const library = LIBRARIES.find((folder) => machine.exists(`${folder}/libbpf.so.1`));
  const koffi = machine.packageProblem('koffi');
  return [
    isAtLeast(LEAST_KERNEL)
      ? check(
          'kernel',
          'ok',
          `${kernel}${isAtLeast(RING_BUFFER_KERNEL) ? ', with ring buffer' : ', perf events (ring buffer from 5.8)'}`,
        )
      : check('kernel', 'missing', `${kernel} is older than ${LEAST_KERNEL.join('.')}`),
    machine.exists('/sys/kernel/btf/vmlinux')
      ? check('BTF', 'ok', '/sys/kernel/btf/vmlinux')
      : check('BTF', 'note', 'the kernel does not describe its types; lanscope needs none of them'),
    library === undefined
      ? check('libbpf', 'missing', 'libbpf.so.1 was not found', 'apt-get install libbpf1')
      : check('libbpf', 'ok', `${library}/libbpf.so.1`),
    koffi === '' ? check('koffi', 'ok', 'loaded') : check('koffi', 'missing', koffi, 'npm install koffi'),
    privilege('eBPF: privileges', ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], machine),
  ];
}

function optionalChecks(machine: Machine): Check[] {
  const model = machine.packageProblem('onnxruntime-node');
  const clang = machine.output('clang', '--version');
  const koffi = machine.packageProblem('koffi');
  return [
    model === ''
      ? { name: 'model: onnxruntime-node', state: 'ok', found: 'loaded', fix: '' }
      : {
          name: 'model: onnxruntime-node',
          state: 'lesser',
          found: `${model}; --model cannot be used`,
          fix: 'npm install onnxruntime-node',
        },
    koffi === ''
      ? { name: 'dropping privileges', state: 'ok', found: 'with koffi', fix: '' }
      : {
          name: 'dropping privileges',
          state: 'lesser',
          found: 'only by --user, as koffi is missing',
          fix: 'npm install koffi',
        },
    clang === null
      ? {
          name: 'development: clang',
          state: 'note',
          found: 'not there: only who changes bpf/ needs it',
          fix: 'apt-get install clang',
        }
      : { name: 'development: clang', state: 'ok', found: clang.split('\n')[0]!, fix: '' },
  ];
}

/** Whether a process like this one has the capabilities, or gets them from the file of its program. */
function privilege(name: string, wanted: readonly Capability[], { permitted, node, uid }: Machine): Check {
  if (permitted === null) {
    return {
      name,
      state: 'note',
      found: 'this system has no capabilities: permission shows when capturing begins',
      fix: '',
    };
  }
  const missing = wanted.filter((capability) => !hasCapability(permitted, capability));
  if (missing.length === 0)
    return { name, state: 'ok', found: `${wanted.join(', ')}${uid === 0 ? ', as root' : ''}`, fix: '' };
  const list = wanted.map((capability) => capability.toLowerCase()).join(',');
  return {
    name,
    state: 'missing',
    found: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
    fix:
      uid === 0
        ? `docker run ${wanted.map((capability) => `--cap-add ${capability.slice('CAP_'.length)}`).join(' ')} … (this root was restricted, as in a container)`
        : `sudo setcap ${list}+eip ${node}`,
  };
}
