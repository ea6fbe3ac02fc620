/**
 * One writer at a time: a lock beside the store that names its holder. The lock of a process that is gone is taken
 * over. Readers need no lock, since the store is replaced as a whole.
 *
 * The lock is a symbolic link whose target is the holder: it comes into being together with what it says, so a process
 * that is killed at any moment leaves a lock that can be judged. Where there are no links it is a file.
 */
import { lstat, open, readFile, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { LanscopeError } from '../bytes/error.ts';
import { isCode, unwritable } from './atomic-file.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Kernel's start time of the process where it tells, so that a reused pid is not taken for the holder. */
  readonly started: string;
}

const RETRY_MS = 50;
/** A lock file that says nothing for so long was left by a process that was killed between making and writing it. */
const SILENT_MS = 10_000;

/**
 * Takes the lock of the store at `path`, waiting `patienceMs` at most. The result gives it back. STORE_LOCKED, with
 * `what` for what is locked.
 */
export async function lockStore(
  path: string,
  patienceMs = 2_000,
  what = `the store ${path}`,
): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  const mine = JSON.stringify(await describeProcess(process.pid));
  for (let waited = 0; ; waited += RETRY_MS) {
    if (await create(lock, mine)) return () => release(lock, mine);
    const text = await readHolder(lock);
    if (text !== null && (await isStale(lock, text))) {
      await setAside(lock, text);
      continue;
    }
    if (waited >= patienceMs) {
      const { pid, host } = parseHolder(text ?? '') ?? { pid: '?', host: '?' };
      throw new LanscopeError(
        'STORE_LOCKED',
        `${what} is being written by process ${pid} on ${host}`,
        `Wait for it to end, or remove ${lock} if there is no such process`,
      );
    }
    await sleep(RETRY_MS);
  }
}

async function create(lock: string, mine: string): Promise<boolean> {
  try {
    await symlink(mine, lock);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    if (!NO_LINKS.some((code) => isCode(error, code))) throw unwritable(lock, error);
  }
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(mine);
    await file.close();
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw unwritable(lock, error);
  }
}

const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'];

/** What the lock says of its holder; null when there is no lock. */
async function readHolder(lock: string): Promise<string | null> {
  try {
    return await readlink(lock);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    return readFile(lock, 'utf8').catch(() => null);
  }
}

async function release(lock: string, mine: string): Promise<void> {
  if ((await readHolder(lock)) === mine) await unlink(lock).catch(() => {});
}

/** Moves a stale lock away. Another process may have done so and locked since: then its lock is put back. */
async function setAside(lock: string, stale: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw unwritable(lock, error);
  }
  if ((await readHolder(aside)) === stale) await unlink(aside);
  else await rename(aside, lock);
}

/** True when the holder was a process of this machine that is gone. What cannot be told counts as alive. */
async function isStale(lock: string, text: string): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder === null) {
    const stat = await lstat(lock).catch(() => null);
    return stat !== null && Date.now() - stat.mtimeMs > SILENT_MS;
  }
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
  return (await describeProcess(holder.pid)).started !== holder.started;
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' && typeof started === 'string'
      ? { pid, host, started }
      : null;
  } catch {
    return null;
  }
}

async function describeProcess(pid: number): Promise<Holder> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // Field 22, counted after the name, which stands in parentheses and may hold spaces.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { pid, host: hostname(), started };
}
