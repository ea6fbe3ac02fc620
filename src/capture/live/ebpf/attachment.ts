/**
 * Programs on interfaces. Since Linux 6.6 a link (TCX) holds them: it belongs to this process, so nothing is left
 * behind, however the process ends. Before, they are filters of the qdisc clsact, which would outlive a process that is
 * killed: their handle is the process's id and a file tells where they are, so that the next start removes them.
 */
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../bytes/make-folder.ts';
import { type Libbpf, requireOk } from './libbpf.ts';
import { ERRNO, SystemError, closeFd } from './libc.ts';

export interface Attachment {
  readonly how: 'tcx' | 'clsact';
  /** Takes the programs off. Harmless when the interface is gone. */
  detach(): void;
}

/** Directions: a loopback interface shows each frame on its way out and again on its way in. */
export type Direction = 'ingress' | 'egress';

const BPF_TCX: Readonly<Record<Direction, number>> = { ingress: 46, egress: 47 };

export function attach(
  bpf: Libbpf,
  programFd: number,
  ifindex: number,
  directions: readonly Direction[],
  mayLink = true,
): Attachment {
  if (mayLink) {
    try {
      return attachLinks(bpf, programFd, ifindex, directions);
    } catch (error) {
      // A kernel without TCX does not know the type.
      if (!(error instanceof SystemError) || error.errno !== ERRNO.EINVAL) throw error;
    }
  }
  return attachFilters(bpf, programFd, ifindex, directions);
}

function attachLinks(
  bpf: Libbpf,
  programFd: number,
  ifindex: number,
  directions: readonly Direction[],
): Attachment {
  const links: number[] = [];
  const detach = (): void => {
    for (const link of links.splice(0)) closeFd(link);
  };
  try {
    for (const direction of directions) {
      const link = bpf.bpf_link_create(programFd, ifindex, BPF_TCX[direction], null);
      links.push(requireOk('attaching to the interface', link));
    }
  } catch (error) {
    detach();
    throw error;
  }
  return { how: 'tcx', detach };
}

const HOOK_BYTES = 24;
const OPTIONS_BYTES = 32;
const TC_POINT: Readonly<Record<Direction, number>> = { ingress: 1, egress: 2 };
/** Behind what others filter; `ls`. */
const PRIORITY = 0x6c73;
/** One file for each interface that carries filters of a process: `<network namespace>-<ifindex>-<pid>`. */
const NOTES = '/run/lanscope-tc';

function attachFilters(
  bpf: Libbpf,
  programFd: number,
  ifindex: number,
  directions: readonly Direction[],
): Attachment {
  removeStaleFilters(bpf);
  const note = join(NOTES, `${networkNamespace()}-${ifindex}-${process.pid}`);
  makeFolder(NOTES, 0o700);
  writeFileSync(note, '');
  const detach = (): void => {
    detachFilters(bpf, ifindex, process.pid);
    removeNote(note);
  };
  try {
    const first = tcHook(ifindex, 'ingress');
    const created = Number(bpf.bpf_tc_hook_create(first));
    if (created !== -ERRNO.EEXIST) requireOk('clsact', created);
    for (const direction of directions) {
      const options = tcOptions(process.pid, programFd);
      requireOk('attaching to the interface', bpf.bpf_tc_attach(tcHook(ifindex, direction), options));
    }
  } catch (error) {
    detach();
    throw error;
  }
  return { how: 'clsact', detach };
}

/** Filters of processes of this network namespace that have ended. The qdisc stays: others may use it. */
export function removeStaleFilters(bpf: Libbpf): void {
  if (!existsSync(NOTES)) return;
  const namespace = networkNamespace();
  for (const note of readdirSync(NOTES)) {
    const [where, ifindex, pid] = note.split('-');
    if (where !== namespace || existsSync(`/proc/${pid}`)) continue;
    detachFilters(bpf, Number(ifindex), Number(pid));
    removeNote(join(NOTES, note));
  }
}

function removeNote(note: string): void {
  try {
    rmSync(note, { force: true });
  } catch {
    // Another user's now: privileges were dropped. The next start finds the process gone.
  }
}

function detachFilters(bpf: Libbpf, ifindex: number, handle: number): void {
  for (const direction of ['ingress', 'egress'] as const) {
    bpf.bpf_tc_detach(tcHook(ifindex, direction), tcOptions(handle));
  }
}

function tcHook(ifindex: number, direction: Direction): Buffer {
  const hook = Buffer.alloc(HOOK_BYTES);
  hook.writeBigUInt64LE(BigInt(HOOK_BYTES), 0);
  hook.writeInt32LE(ifindex, 8);
  hook.writeInt32LE(TC_POINT[direction], 12);
  return hook;
}

function tcOptions(handle: number, programFd = 0): Buffer {
  const options = Buffer.alloc(OPTIONS_BYTES);
  options.writeBigUInt64LE(BigInt(OPTIONS_BYTES), 0);
  options.writeInt32LE(programFd, 8);
  options.writeUInt32LE(handle, 20);
  options.writeUInt32LE(PRIORITY, 24);
  return options;
}

/** Its inode number, from `net:[4026531840]`. */
function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net').replace(/\D/g, '');
}
