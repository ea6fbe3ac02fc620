/**
 * A LAN in network namespaces: hosts with stacks of their own on one bridge, real daemons and clients in them, and
 * tcpdump on the bridge. Everything is inside the namespaces that it makes, and is removed at the end.
 * Needs root, iproute2 and tcpdump.
 */
import {
  type ChildProcess,
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
  execFile,
  execFileSync,
  spawn,
} from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HostOptions {
  readonly mac: string;
  /** Static address with prefix length; absent for a DHCP client. */
  readonly address?: string;
  readonly gateway?: string;
  /** Name server written to the namespace's own resolv.conf. */
  readonly resolver?: string;
  /** Bridge to join; the LAN by default. */
  readonly bridge?: string;
}

const LAN = 'br-lan';
/** Ten seconds: a busy machine. */
const WRITTEN_POLLS = 200;
const WRITTEN_POLL_MS = 50;

/** Laboratories of this process. */
let made = 0;

export class Lab {
  /** Folder for configuration files and scratch of the daemons, removed by `close`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'lanscope-lab-'));
  private readonly prefix = `lab${process.pid}-${made++}`;
  private readonly switchNs = `${this.prefix}-switch`;
  private readonly namespaces: string[] = [];
  private readonly children: ChildProcess[] = [];
  private ports = 0;

  constructor() {
    this.makeNamespace(this.switchNs);
    // The switch is no host: without this its ports would announce addresses of their own.
    const noIpv6 = 'net.ipv6.conf.default.disable_ipv6=1';
    execFileSync('ip', ['netns', 'exec', this.switchNs, 'sysctl', '-qw', noIpv6]);
    this.addBridge(LAN);
  }

  addBridge(name: string): void {
    this.ip(
      '-n',
      this.switchNs,
      'link',
      'add',
      name,
      'type',
      'bridge',
      'stp_state',
      '0',
      'mcast_snooping',
      '0',
    );
    this.ip('-n', this.switchNs, 'link', 'set', name, 'up');
  }

  /** Adds a host with one interface `eth0`, up and connected. */
  addHost(name: string, options: HostOptions): void {
    const ns = this.ns(name);
    this.makeNamespace(ns);
    this.addInterface(name, 'eth0', options);
    if (options.resolver !== undefined) {
      mkdirSync(`/etc/netns/${ns}`, { recursive: true });
      writeFileSync(`/etc/netns/${ns}/resolv.conf`, `nameserver ${options.resolver}\n`);
    }
  }

  addInterface(host: string, device: string, options: HostOptions): void {
    const ns = this.ns(host);
    const port = `p${this.ports++}`;
    this.ip('-n', this.switchNs, 'link', 'add', port, 'type', 'veth', 'peer', 'name', device, 'netns', ns);
    this.ip('-n', ns, 'link', 'set', device, 'address', options.mac);
    this.ip('-n', this.switchNs, 'link', 'set', port, 'master', options.bridge ?? LAN, 'up');
    this.ip('-n', ns, 'link', 'set', device, 'up');
    // Offloads would put segments on the wire that no wire carries.
    this.quiet(host, ['ethtool', '-K', device, 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off']);
    if (options.address !== undefined) this.ip('-n', ns, 'addr', 'add', options.address, 'dev', device);
    if (options.gateway !== undefined) this.ip('-n', ns, 'route', 'add', 'default', 'via', options.gateway);
  }

  /** Runs a command in a host and waits; its output. Bounded in time. */
  run(host: string, command: readonly string[], timeoutMs = 30_000): string {
    return execFileSync('ip', ['netns', 'exec', this.ns(host), ...command], {
      encoding: 'utf8',
      timeout: timeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.folder,
    });
  }

  /** As `run`, for commands that may fail (a scan of closed ports, a client that times out). */
  quiet(host: string, command: readonly string[], timeoutMs = 30_000): string {
    try {
      return this.run(host, command, timeoutMs);
    } catch {
      return '';
    }
  }

  /** Starts a daemon in a host; ended by `stop` or `close`. */
  start(host: string, command: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.ns(host), ...command], {
      stdio: ['ignore', 'ignore', 'ignore'],
      cwd: this.folder,
    });
    this.children.push(child);
    return child;
  }

  /** As `start`, with standard input and output. */
  talk(host: string, command: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn('ip', ['netns', 'exec', this.ns(host), ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: this.folder,
    });
    child.stderr.resume();
    this.children.push(child);
    return child;
  }

  /** As `quiet`, without blocking this process; standard output and error. */
  attempt(host: string, command: readonly string[], timeoutMs = 30_000): Promise<string> {
    return new Promise((resolve) => {
      const options = { encoding: 'utf8', timeout: timeoutMs, cwd: this.folder } as const;
      const child = execFile(
        'ip',
        ['netns', 'exec', this.ns(host), ...command],
        options,
        (_, output, error) => resolve(output + error),
      );
      child.stdin?.end();
    });
  }

  async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(2000, undefined, { ref: false })]);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }

  /** Records the bridge until the returned function is called. */
  async record(file: string, bridge = LAN, snapLen = 0): Promise<() => Promise<void>> {
    const child = spawn(
      'ip',
      [
        'netns',
        'exec',
        this.switchNs,
        'tcpdump',
        '-i',
        bridge,
        '-U',
        '-s',
        String(snapLen),
        '-w',
        file,
        '-B',
        '32768',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () =>
        reject(new Error('tcpdump ended at once: is it installed, and is this root?')),
      );
      child.stderr.on('data', (text: Buffer) => text.includes('listening on') && resolve());
    });
    child.removeAllListeners('exit');
    return async () => {
      await written(child);
      await this.stop(child);
    };
  }

  /** Writes a configuration file into the scratch folder; its path. */
  file(name: string, content: string, mode = 0o644): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode });
    return path;
  }

  async close(): Promise<void> {
    for (const child of [...this.children].reverse()) await this.stop(child);
    for (const ns of this.namespaces) {
      // Daemons that put themselves into the background still live in their namespace.
      for (const pid of this.quietIp('netns', 'pids', ns).split('\n').filter(Boolean)) killed(Number(pid));
      await this.deleteNamespace(ns);
      rmSync(`/etc/netns/${ns}`, { recursive: true, force: true });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A namespace is busy for a moment after its last process was killed. */
  private async deleteNamespace(ns: string): Promise<void> {
    for (let i = 0; i < 20; i++) {
      this.quietIp('netns', 'del', ns);
      if (!existsSync(`/run/netns/${ns}`)) return;
      await sleep(100);
    }
    console.error(`namespace ${ns} could not be removed`);
  }

  private ns(host: string): string {
    return `${this.prefix}-${host}`;
  }

  private makeNamespace(ns: string): void {
    this.ip('netns', 'add', ns);
    this.namespaces.push(ns);
    this.ip('-n', ns, 'link', 'set', 'lo', 'up');
  }

  private ip(...args: string[]): string {
    return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  private quietIp(...args: string[]): string {
    try {
      return this.ip(...args);
    } catch {
      return '';
    }
  }
}

/** Makes a lab, runs `body` in it and removes it, whatever happens. */
export async function withLab(body: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = new Lab();
  try {
    await body(lab);
  } finally {
    await lab.close();
  }
}

/** What tcpdump says of itself when it is asked by SIGUSR1. */
const COUNTS = /(\d+) packets? captured, (\d+) packets? received by filter, (\d+) packets? dropped/g;

/**
 * Until tcpdump has written every packet that the kernel has seen by now. The kernel hands packets over in blocks, up to
 * a second later, and what tcpdump has not read when it is ended is lost.
 */
async function written(tcpdump: ChildProcessByStdio<null, null, Readable>): Promise<void> {
  let told = '';
  const listen = (text: string): void => void (told += text);
  tcpdump.stderr.setEncoding('utf8').on('data', listen);
  let wanted: number | undefined;
  for (let i = 0; i < WRITTEN_POLLS && tcpdump.exitCode === null; i++) {
    tcpdump.kill('SIGUSR1');
    await sleep(WRITTEN_POLL_MS);
    const [, captured, received, dropped] = [...told.matchAll(COUNTS)].at(-1)?.map(Number) ?? [];
    if (received === undefined) continue;
    wanted ??= received;
    if (captured! + dropped! >= wanted) break;
  }
  tcpdump.stderr.off('data', listen);
}

/** Ends a process that may have ended by itself. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has.
  }
}
