/** Two hosts on one wire: network namespaces with a veth pair, so that real programs make real traffic. Needs root. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { loadCap } from '../../src/capture/live/cap-addon.ts';
import { COMMAND, ROOT } from '../cli/command.ts';

export const A = { mac: 'b8:27:eb:00:00:0a', ip: '10.77.0.1' };
export const B = { mac: '00:1b:21:00:00:0b', ip: '10.77.0.2' };
/** The interface, of the same name in both. */
export const WIRE = 'wire0';

/** Why live capture cannot be tested here; false when it can. */
export function whyNot(...programs: readonly string[]): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  for (const program of ['ip', ...programs]) {
    if (spawnSync(program, ['--version']).error !== undefined) return `needs ${program}`;
  }
  const name = `lanscope-probe-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'needs network namespaces';
  ip('netns', 'del', name);
  try {
    loadCap();
  } catch (error) {
    return (error as Error).message;
  }
  return false;
}

export interface Running {
  /** Resolves when `text` was printed on standard error; rejects when the program ended without it. */
  says(text: string): Promise<void>;
  /** To the program and all that it started, as the terminal does on Ctrl-C. */
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

export interface TwoHosts {
  /** Starts a program on a host. */
  run(host: 'a' | 'b', command: string, ...args: readonly string[]): Running;
  lanscope(host: 'a' | 'b', ...args: readonly string[]): Running;
  /** Runs a script of Node to its end; whatever it prints on standard error fails. */
  script(host: 'a' | 'b', source: string): Promise<void>;
  setWire(host: 'a' | 'b', state: 'up' | 'down'): void;
  remove(): void;
}

/** Programs are ended after this, whatever they do. */
const LONGEST_MS = 40_000;

export function twoHosts(): TwoHosts {
  const name = { a: `lanscope-${process.pid}-a`, b: `lanscope-${process.pid}-b` };
  for (const host of [name.a, name.b]) {
    ip('netns', 'add', host);
    // What IPv6 sends on its own when a link comes up depends on when one begins to listen.
    run('ip', 'netns', 'exec', host, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
    run('ip', 'netns', 'exec', host, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1');
  }
  ip(
    '-n',
    name.a,
    'link',
    'add',
    WIRE,
    'address',
    A.mac,
    'type',
    'veth',
    'peer',
    WIRE,
    'address',
    B.mac,
    'netns',
    name.b,
  );
  ip('-n', name.a, 'addr', 'add', `${A.ip}/24`, 'broadcast', '+', 'dev', WIRE);
  ip('-n', name.b, 'addr', 'add', `${B.ip}/24`, 'broadcast', '+', 'dev', WIRE);
  for (const host of [name.a, name.b]) {
    ip('-n', host, 'link', 'set', 'lo', 'up');
    ip('-n', host, 'link', 'set', WIRE, 'up');
    // An address that was just learnt is asked for again after a while: not while somebody counts packets.
    run('ip', 'netns', 'exec', host, 'sysctl', '-qw', `net.ipv4.neigh.${WIRE}.delay_first_probe_time=600`);
  }
  const start: TwoHosts['run'] = (host, command, ...args) =>
    started('ip', 'netns', 'exec', name[host], command, ...args);
  return {
    run: start,
    lanscope: (host, ...args) => start(host, ...COMMAND, ...args),
    async script(host, source) {
      const { code, stderr } = await start(host, process.execPath, '--input-type=module', '-e', source).ended;
      if (code !== 0 || stderr !== '') throw new Error(`the script failed: ${stderr}`);
    },
    setWire: (host, state) => ip('-n', name[host], 'link', 'set', WIRE, state),
    remove() {
      ip('netns', 'del', name.a);
      ip('netns', 'del', name.b);
    },
  };
}

function started(command: string, ...args: readonly string[]): Running {
  // A group of its own, to be signalled as a whole.
  const child = spawn(command, args, { cwd: ROOT, detached: true, env: { ...process.env, NO_COLOR: '1' } });
  let stdout = '';
  let stderr = '';
  let heard = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  child.stdin.end();
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // It has ended.
    }
  };
  const deadline = setTimeout(() => signal('SIGKILL'), LONGEST_MS);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, stdout, stderr });
    });
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      heard = () => {
        if (stderr.includes(text)) resolve();
      };
      heard();
      void ended.then(() => reject(new Error(`'${text}' was not said, but: ${stderr}`)));
    });
  return { says, signal, ended };
}

function ip(...args: readonly string[]): void {
  run('ip', ...args);
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
