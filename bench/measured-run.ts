/** A command as a user runs it, with what it cost: used by the benches of the whole program. Linux. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

export interface Cost {
  readonly seconds: number;
  /** User and system time of the process and those it waited for. */
  readonly cpuSeconds: number;
  /** Peak resident memory, MB; what it grew by in its last 5 ms is not seen. */
  readonly peakMb: number;
  readonly exitCode: number | null;
}

export interface RunOptions {
  /** The one core that it may use; any when absent. */
  readonly core?: number;
  /** What comes through a pipe from another process. */
  readonly input?: Readable;
  /** Then it is ended; its exit code is null. */
  readonly patienceSeconds?: number;
  /** Where it is written what it prints; nowhere when absent. */
  readonly output?: string;
}

const POLL_MS = 5;
/** USER_HZ, the same on all Linux systems that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Runs a command to its end. Only one at a time: processor time is that of children that ended meanwhile. */
export async function measuredRun(command: readonly string[], options: RunOptions = {}): Promise<Cost> {
  const { core, input, patienceSeconds, output = '/dev/null' } = options;
  const [program, ...args] = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  const sink = openSync(output, output === '/dev/null' ? 'r+' : 'w');
  const before = childTicks();
  const started = process.hrtime.bigint();
  const child = spawn(program!, args, { stdio: [input ?? 'ignore', sink, sink] });
  closeSync(sink);
  let peakKb = 0;
  const look = (): void => {
    peakKb = Math.max(peakKb, peakOf(child.pid!));
  };
  const poll = setInterval(look, POLL_MS);
  // Nobody else shall read from it, or keep it open.
  input?.destroy();
  const patience =
    patienceSeconds === undefined ? undefined : setTimeout(() => child.kill(), patienceSeconds * 1000);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const cpuSeconds = (childTicks() - before) / TICKS_PER_SECOND;
    return { seconds, cpuSeconds, peakMb: peakKb / 1024, exitCode };
  } finally {
    clearInterval(poll);
    clearTimeout(patience);
  }
}

export function isInstalled(program: string): boolean {
  return existsSync(program) || spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // It has ended.
  }
}

/** cutime and cstime of this process; fields are counted from behind the program's name. */
function childTicks(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[13]) + Number(fields[14]);
}
