/** Programs that people would use instead, as they are called, and what each does of what lanscope does. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Program {
  readonly name: string;
  readonly does: string;
  readonly doesNot: string;
  /** `scratch`: a folder for what it writes. */
  readonly command: (capture: string, scratch: string) => readonly string[];
  /** Debian's name for it, which tells its version; '' for what comes with this project. */
  readonly package: string;
  /** Of the time of this program lanscope should take at most so much. */
  readonly target?: number;
  /** Once: it takes minutes, or is told for comparison. */
  readonly runs: 'every round' | 'once';
}

/** What all others are compared with. */
export const SELF = 'lanscope analyze';

const lanscope = [process.execPath, join(ROOT, 'dist/lanscope.js'), 'analyze'];

export const PROGRAMS: readonly Program[] = [
  {
    name: SELF,
    does: 'connections as Zeek has them, messages of some 65 protocols, devices, identities, detection; tables',
    doesNot: 'every field of every packet; whole streams',
    command: (file) => [...lanscope, file],
    package: '',
    runs: 'every round',
  },
  {
    name: 'lanscope analyze -o',
    does: 'the same, SHA-256 of the input, the report as a file',
    doesNot: '–',
    command: (file, scratch) => [...lanscope, file, '-o', join(scratch, 'report.json')],
    package: '',
    runs: 'once',
  },
  {
    name: 'tcpdump -w',
    does: 'copies packets',
    doesNot: 'look into them',
    // Not to a file: as root it would make that file its user's.
    command: (file) => ['tcpdump', '-r', file, '-w', '-'],
    package: 'tcpdump',
    target: 2.2,
    runs: 'every round',
  },
  {
    name: 'softflowd',
    does: 'flows (NetFlow)',
    doesNot: 'messages, connection states, devices, detection',
    command: (file) => ['softflowd', '-r', file, '-d'],
    package: 'softflowd',
    target: 1,
    runs: 'every round',
  },
  {
    name: 'ndpiReader -q',
    does: 'flows, more than 400 applications by name, risks by flow',
    doesNot: 'connection states, devices, identities, a report',
    command: (file) => ['ndpiReader', '-i', file, '-q'],
    package: 'libndpi-bin',
    target: 0.6,
    runs: 'every round',
  },
  {
    name: 'argus',
    does: 'flows with states and metrics',
    doesNot: 'messages, devices, detection',
    command: (file) => ['argus', '-r', file, '-w', '-'],
    package: 'argus-server',
    target: 0.4,
    runs: 'every round',
  },
  {
    name: 'tcpdump -nn -q',
    does: 'a line per packet',
    doesNot: 'flows, devices, detection',
    command: (file) => ['tcpdump', '-nn', '-q', '-r', file],
    package: 'tcpdump',
    runs: 'once',
  },
  {
    name: 'capinfos',
    does: 'statistics and hashes of the file',
    doesNot: 'look into packets',
    command: (file) => ['capinfos', file],
    package: 'wireshark-common',
    runs: 'once',
  },
  {
    name: 'pcap-parser',
    does: 'an object per packet, in JavaScript',
    doesNot: 'look into packets',
    command: (file) => [process.execPath, join(ROOT, 'bench/pcap-parser-baseline.cjs'), file],
    package: '',
    runs: 'once',
  },
  {
    name: 'prads',
    does: 'assets by address: services, systems',
    doesNot: 'messages of the LAN, identities, detection',
    command: (file, scratch) => ['prads', '-r', file, '-l', join(scratch, 'prads.log')],
    package: 'prads',
    target: 0.15,
    runs: 'once',
  },
  {
    name: 'p0f',
    does: 'systems by TCP and HTTP, uptimes',
    doesNot: 'flows, UDP, devices, detection',
    command: (file) => ['p0f', '-r', file],
    package: 'p0f',
    runs: 'once',
  },
  {
    name: 'tshark -q -z conv,ip',
    does: 'dissects every field of thousands of protocols, conversations',
    doesNot: 'devices, identities, detection',
    command: (file) => ['tshark', '-r', file, '-q', '-z', 'conv,ip'],
    package: 'tshark',
    target: 0.02,
    runs: 'once',
  },
];

/** As the system's packages tell it; '' where they do not. */
export function versionOf({ package: name }: Program): string {
  if (name === '') return '';
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' });
  // Without what the distribution counts.
  return (stdout ?? '').replace(/^\d+:/, '').replace(/[-+~].*$/, '');
}
