/**
 * Gives up what is not needed once packets come. Capturing through libpcap happens in a process of its own, so the
 * one that takes packets apart needs nothing; eBPF is read in this process and keeps what attaching again takes.
 *
 * The kernel keeps capabilities per thread, and a thread can drop its own alone: this drops those of the main thread,
 * which takes packets apart. Threads that Node started before keep theirs, unless the user is changed (`--user`), which
 * the C library does in all of them. Threads that hand files over therefore still reach what they could reach before.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { LanscopeError } from '../../bytes/error.ts';
import { type Capability, capabilitySets, setOf } from './capabilities.ts';

/** What each way to capture goes on to use, and what its process must get again. */
export const NEEDS: Readonly<Record<'ebpf' | 'libpcap', Pick<DropOptions, 'keep' | 'pass'>>> = {
  ebpf: { keep: ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], pass: [] },
  libpcap: { keep: [], pass: ['CAP_NET_RAW'] },
};

export interface DropOptions {
  /** Capabilities that this process goes on to use. */
  readonly keep: readonly Capability[];
  /** Capabilities that the process which captures must get when it is started again. */
  readonly pass: readonly Capability[];
  /** User to become. */
  readonly user?: string | undefined;
}

interface Libc {
  capset(sets: {
    readonly effective: bigint;
    readonly permitted: bigint;
    readonly inheritable: bigint;
  }): boolean;
  prctl(option: number, a: number, b: number): boolean;
}

const PR_SET_KEEPCAPS = 8;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_RAISE = 2;
const CAPABILITY_VERSION_3 = 0x2008_0522;

/**
 * Says in one line what was given up and what was not. NO_PERMISSION when the user cannot be changed, USAGE when there
 * is no such user.
 */
export function dropPrivileges({ keep, pass, user }: DropOptions): string {
  const before = capabilitySets();
  if (before === null) return user === undefined ? '' : refuse('--user needs Linux');
  const isChanging = user !== undefined;
  if (!isChanging && before.permitted === 0n) return '';
  const libc = loadLibc();
  if (isChanging) {
    const account = findUser(user);
    // Else the change would take what capturing again needs.
    libc?.prctl(PR_SET_KEEPCAPS, 1, 0);
    becomeUser(user, account);
  }
  if (libc === null) {
    return isChanging
      ? `running as ${user}, without any privilege: an interface that goes down cannot be captured again (koffi is not installed)`
      : 'privileges are kept, since dropping them needs the optional package koffi (or use --user)';
  }
  const kept = setOf(keep) & before.permitted;
  // A process that root or a file with capabilities starts gets its own; others get what is handed down here.
  const passed = isChanging ? setOf(pass) & before.permitted : setOf(pass) & before.ambient;
  const isDropped = libc.capset({ effective: kept, permitted: kept | passed, inheritable: passed });
  if (!isDropped) return 'privileges are kept: the kernel refused to drop them';
  for (let bit = 0; isChanging && passed >> BigInt(bit) > 0n; bit++) {
    if ((passed >> BigInt(bit)) & 1n) libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit);
  }
  const names = keep.filter((name) => (setOf([name]) & before.permitted) !== 0n);
  const what = names.length === 0 ? 'privileges dropped' : `privileges dropped but for ${names.join(', ')}`;
  return isChanging ? `${what}, running as ${user}` : what;
}

function refuse(message: string): never {
  throw new LanscopeError('USAGE', message);
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** USAGE when there is no such user. */
export function findUser(name: string): Account {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([user]) => user === name);
  if (fields === undefined) refuse(`--user ${name}: there is no such user in /etc/passwd`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

function becomeUser(name: string, { uid, gid }: Account): void {
  try {
    // Types of Node leave it out.
    (process as unknown as { initgroups(user: string, group: number): void }).initgroups(name, gid);
    process.setgid!(gid);
    process.setuid!(uid);
  } catch (cause) {
    throw new LanscopeError('NO_PERMISSION', `Only root can become another user (--user ${name})`, '', {
      cause,
    });
  }
}

/** null without the package koffi. */
function loadLibc(): Libc | null {
  let koffi: typeof Koffi;
  try {
    koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  } catch {
    return null;
  }
  const libc = koffi.load(null);
  const capset = libc.func('int capset(const void *header, const void *data)');
  const prctl = libc.func(
    'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
  );
  return {
    capset({ effective, permitted, inheritable }) {
      const header = Buffer.alloc(8);
      header.writeUInt32LE(CAPABILITY_VERSION_3, 0);
      const data = Buffer.alloc(24);
      for (const [i, set] of [effective, permitted, inheritable].entries()) {
        data.writeUInt32LE(Number(set & 0xffff_ffffn), 4 * i);
        data.writeUInt32LE(Number(set >> 32n), 12 + 4 * i);
      }
      return capset(header, data) === 0;
    },
    prctl: (option, a, b) => prctl(option, a, b, 0, 0) === 0,
  };
}
