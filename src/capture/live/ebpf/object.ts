/** The loaded BPF object: one of its two ways out of the kernel, and the counts of frames that found no room. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LanscopeError } from '../../../bytes/error.ts';
import { ERRNO, SystemError } from './libc.ts';
import type { Offload } from '../backend.ts';
import type { OffloadMaps } from './offload.ts';
import { type Libbpf, loadLibbpf, requireOk, requirePointer } from './libbpf.ts';

/** `ring`: one buffer for all CPUs, kernel 5.8 and later. `perf`: a buffer for each CPU, before. */
export type Channel = 'ring' | 'perf';

export interface LoadedObject {
  readonly bpf: Libbpf;
  readonly channel: Channel;
  /** The program for an interface: only Ethernet is taken apart by the one that counts. */
  programFd(linkType: number): number;
  /** The map that packets come through: the ring buffer, or the perf event array. */
  readonly channelFd: number;
  /** Where most packets are counted, when that was asked for. */
  readonly offload: OffloadMaps | null;
  countInterface(ifindex: number): void;
  forgetInterface(ifindex: number): void;
  /** Frames of an interface that found no room so far; -1 when the kernel does not tell (the right to ask was dropped). */
  drops(ifindex: number): number;
  close(): void;
}

export interface ObjectOptions {
  readonly channel: Channel;
  /** A power of two, of the ring buffer. */
  readonly ringBytes: number;
  readonly snapLen: number;
  readonly offload: Offload | null;
  /** Another name for libbpf; a test's. */
  readonly library?: string;
}

const MAP_TYPE_RINGBUF = 27;
const OBJECT = 'capture.bpf.o';
const OFFLOAD_MAPS = ['beginnings', 'copied_ports', 'counters_a', 'counters_b', 'active'];
const ETHERNET = 1;

/** Whether the kernel has ring buffers. */
export function hasRingBuffers(bpf: Libbpf): boolean {
  return Number(bpf.libbpf_probe_bpf_map_type(MAP_TYPE_RINGBUF, null)) === 1;
}

/** NO_PERMISSION, COMPONENT_MISSING. */
export function loadObject(options: ObjectOptions): LoadedObject {
  const bpf = loadLibbpf(options.library);
  const path = objectPath();
  const object = requirePointer('bpf_object__open', bpf.bpf_object__open_file(path, null));
  try {
    return prepared(bpf, object, options);
  } catch (error) {
    bpf.bpf_object__close(object);
    throw loadError(error);
  }
}

function prepared(
  bpf: Libbpf,
  object: unknown,
  { channel, ringBytes, snapLen, offload }: ObjectOptions,
): LoadedObject {
  const map = (name: string): unknown =>
    requirePointer(`map ${name}`, bpf.bpf_object__find_map_by_name(object, name));
  const program = (name: string): unknown =>
    requirePointer(`program ${name}`, bpf.bpf_object__find_program_by_name(object, name));
  const isRing = channel === 'ring';
  requireOk('autoload', bpf.bpf_program__set_autoload(program('ring_tap'), isRing));
  requireOk('autoload', bpf.bpf_program__set_autoload(program('perf_tap'), !isRing));
  requireOk('autoload', bpf.bpf_program__set_autoload(program('ring_offload'), isRing && offload !== null));
  requireOk('autoload', bpf.bpf_program__set_autoload(program('perf_offload'), !isRing && offload !== null));
  for (const name of OFFLOAD_MAPS) {
    requireOk('autocreate', bpf.bpf_map__set_autocreate(map(name), offload !== null));
  }
  requireOk('autocreate', bpf.bpf_map__set_autocreate(map('ring'), isRing));
  requireOk('autocreate', bpf.bpf_map__set_autocreate(map('events'), !isRing));
  requireOk('max_entries', bpf.bpf_map__set_max_entries(map('ring'), ringBytes));
  const constants = Buffer.alloc(12);
  constants.writeUInt32LE(snapLen, 0);
  constants.writeUInt32LE(offload?.packets ?? 0, 4);
  constants.writeUInt32LE(offload?.bytes ?? 0, 8);
  requireOk('.rodata', bpf.bpf_map__set_initial_value(map('.rodata'), constants, constants.length));
  requireOk('loading the BPF programs', bpf.bpf_object__load(object));
  const droppedFd = requireOk('map', bpf.bpf_map__fd(map('dropped')));
  const cpus = requireOk('the number of CPUs', bpf.libbpf_num_possible_cpus());
  const key = Buffer.alloc(4);
  const counts = Buffer.alloc(8 * cpus);
  const fd = (name: string): number => requireOk('map', bpf.bpf_map__fd(map(name)));
  const fdOf = (name: string): number => requireOk('program', bpf.bpf_program__fd(program(name)));
  const copyingFd = fdOf(isRing ? 'ring_tap' : 'perf_tap');
  const countingFd = offload === null ? null : fdOf(isRing ? 'ring_offload' : 'perf_offload');
  return {
    bpf,
    channel,
    programFd: (linkType) => (linkType === ETHERNET ? (countingFd ?? copyingFd) : copyingFd),
    offload:
      offload === null
        ? null
        : {
            activeFd: fd('active'),
            counterFds: [fd('counters_a'), fd('counters_b')],
            portsFd: fd('copied_ports'),
          },
    channelFd: requireOk('map', bpf.bpf_map__fd(map(isRing ? 'ring' : 'events'))),
    countInterface(ifindex) {
      key.writeUInt32LE(ifindex);
      counts.fill(0);
      requireOk('bpf_map_update_elem', bpf.bpf_map_update_elem(droppedFd, key, counts, 0));
    },
    forgetInterface(ifindex) {
      key.writeUInt32LE(ifindex);
      bpf.bpf_map_delete_elem(droppedFd, key);
    },
    drops(ifindex) {
      key.writeUInt32LE(ifindex);
      if (Number(bpf.bpf_map_lookup_elem(droppedFd, key, counts)) !== 0) return -1;
      let sum = 0;
      for (let at = 0; at < counts.length; at += 8) {
        sum += counts.readUInt32LE(at) + counts.readUInt32LE(at + 4) * 2 ** 32;
      }
      return sum;
    },
    close: () => void bpf.bpf_object__close(object),
  };
}

/** In dist/ the object lies beside the bundle's other data; among the sources it lies beside its own. */
function objectPath(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const path = fileURLToPath(
    new URL(isSource ? `../../../../bpf/${OBJECT}` : `./data/${OBJECT}`, import.meta.url),
  );
  if (!existsSync(path))
    throw new LanscopeError('COMPONENT_MISSING', `${path} is missing`, 'npm run build:bpf');
  return path;
}

function loadError(error: unknown): unknown {
  if (!(error instanceof SystemError)) return error;
  if (error.errno === ERRNO.EPERM || error.errno === ERRNO.EACCES) {
    return new LanscopeError(
      'NO_PERMISSION',
      'Loading BPF programs is not permitted',
      'Run it as root, or with the capabilities CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW (before Linux 5.8: CAP_SYS_ADMIN)',
      { cause: error },
    );
  }
  return new LanscopeError(
    'COMPONENT_MISSING',
    `This kernel does not take the BPF programs (${error.message})`,
    '',
    {
      cause: error,
    },
  );
}
