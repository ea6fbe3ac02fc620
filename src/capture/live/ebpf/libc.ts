/**
 * System calls that Node does not offer, on 64-bit Linux. Numbers and layouts are those of the kernel's ABI, the same on
 * x86-64 and arm64 but for `perf_event_open`.
 */
import { bind, type Foreign, loadKoffi } from './koffi.ts';

const PROTOTYPES = {
  mmap: 'intptr_t mmap(intptr_t address, size_t length, int protection, int flags, int fd, intptr_t offset)',
  munmap: 'int munmap(intptr_t address, size_t length)',
  socket: 'int socket(int domain, int type, int protocol)',
  setsockopt: 'int setsockopt(int fd, int level, int name, void *value, uint32_t length)',
  ioctl: 'int ioctl(int fd, unsigned long request, void *argument)',
  close: 'int close(int fd)',
  getpagesize: 'int getpagesize()',
  clock_gettime: 'int clock_gettime(int clock, void *time)',
  strerror: 'const char *strerror(int number)',
  syscall: 'long syscall(long number, void *attributes, long pid, long cpu, long group, unsigned long flags)',
  if_indextoname: 'void *if_indextoname(uint32_t index, void *name)',
} as const;

let bound: Readonly<Record<keyof typeof PROTOTYPES, Foreign>> | null = null;
function libc(): Readonly<Record<keyof typeof PROTOTYPES, Foreign>> {
  return (bound ??= bind(null, PROTOTYPES));
}

/** A system call that failed, with the name of its error number. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  readonly errno: number;

  constructor(what: string, errno: number) {
    super(`${what}: ${libc().strerror(errno) as string}`);
    this.errno = errno;
  }
}

export const ERRNO = { EPERM: 1, ENOENT: 2, EACCES: 13, EEXIST: 17, ENODEV: 19, EINVAL: 22 } as const;

function require0(what: string, result: unknown): number {
  if (Number(result) < 0) throw new SystemError(what, loadKoffi().errno());
  return Number(result);
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;

/** Memory shared with the kernel, seen as an ArrayBuffer. */
export interface Mapping {
  readonly buffer: ArrayBuffer;
  /**
   * Gives the shared memory back. Its addresses stay taken and read as zeros: a view that somebody kept must not end the
   * process.
   */
  release(): void;
}

export function mapShared(fd: number, length: number, offset: number, writable: boolean): Mapping {
  const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  const address = BigInt(libc().mmap(0, length, protection, MAP_SHARED, fd, offset) as number | bigint);
  if (address === -1n) throw new SystemError('mmap', loadKoffi().errno());
  const buffer = loadKoffi().view(address, length);
  let isReleased = false;
  return {
    buffer,
    release() {
      if (isReleased) return;
      isReleased = true;
      const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
      libc().mmap(address, length, protection, flags, -1, 0);
    },
  };
}

/** 4096 but on some arm64 systems. */
export function pageBytes(): number {
  return Number(libc().getpagesize());
}

export function closeFd(fd: number): void {
  libc().close(fd);
}

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;

/** Nanoseconds of the wall clock at nanosecond 0 of CLOCK_MONOTONIC, and within how much that is certain. */
export function wallClockOffset(): { readonly offsetNs: bigint; readonly uncertaintyNs: number } {
  const time = Buffer.alloc(16);
  const read = (clock: number): bigint => {
    require0('clock_gettime', libc().clock_gettime(clock, time));
    return time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8);
  };
  const before = read(CLOCK_MONOTONIC);
  const wall = read(CLOCK_REALTIME);
  const after = read(CLOCK_MONOTONIC);
  return { offsetNs: wall - (before + after) / 2n, uncertaintyNs: Number(after - before) / 2 };
}

const AF_INET = 2;
const AF_PACKET = 17;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_MR_PROMISC = 1;

/** Any socket, to ask the kernel of its interfaces. */
export function openQuerySocket(): number {
  return require0('socket', libc().socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

/** A socket that receives nothing; interfaces are promiscuous for as long as it is open, however it is closed. */
export function openPromiscuousSocket(): number {
  return require0('socket', libc().socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

export function makePromiscuous(socket: number, ifindex: number): void {
  const request = Buffer.alloc(16);
  request.writeInt32LE(ifindex, 0);
  request.writeUInt16LE(PACKET_MR_PROMISC, 4);
  const result = libc().setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, request.length);
  require0('setsockopt PACKET_ADD_MEMBERSHIP', result);
}

const IFREQ_BYTES = 40;
const MAX_NAME_BYTES = 15;
const SIOCGIFFLAGS = 0x8913;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFINDEX = 0x8933;

/** What the kernel knows of an interface in this process's network namespace. */
export interface LinkFacts {
  readonly ifindex: number;
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  /** ARPHRD_ value. */
  readonly hardwareType: number;
}

const IFF_UP = 1;
const IFF_LOOPBACK = 8;

/** null when there is no interface of this name. */
export function linkFacts(socket: number, name: string): LinkFacts | null {
  const request = Buffer.alloc(IFREQ_BYTES);
  if (Buffer.byteLength(name) > MAX_NAME_BYTES || name === '') return null;
  const ask = (what: number): boolean => {
    request.fill(0);
    request.write(name);
    return Number(libc().ioctl(socket, what, request)) === 0;
  };
  if (!ask(SIOCGIFINDEX)) return null;
  const ifindex = request.readInt32LE(16);
  if (!ask(SIOCGIFFLAGS)) return null;
  const flags = request.readUInt16LE(16);
  if (!ask(SIOCGIFHWADDR)) return null;
  return {
    ifindex,
    isUp: (flags & IFF_UP) !== 0,
    isLoopback: (flags & IFF_LOOPBACK) !== 0,
    hardwareType: request.readUInt16LE(16),
  };
}

/** '' when there is no interface of this number. */
export function interfaceName(ifindex: number): string {
  const name = Buffer.alloc(MAX_NAME_BYTES + 1);
  if (libc().if_indextoname(ifindex, name) === null) return '';
  return name.toString('utf8', 0, name.indexOf(0));
}

const PERF_EVENT_OPEN: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 298, arm64: 241 };
const PERF_FLAG_FD_CLOEXEC = 8;

/** The file descriptor of a performance event on one CPU. */
export function openPerfEvent(attributes: Buffer, cpu: number): number {
  const number = PERF_EVENT_OPEN[process.arch];
  if (number === undefined) throw new SystemError('perf_event_open', ERRNO.EINVAL);
  return require0('perf_event_open', libc().syscall(number, attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}
const PERF_EVENT_IOC_ENABLE = 0x2400;
export function enablePerfEvent(fd: number): void {
  require0('PERF_EVENT_IOC_ENABLE', libc().ioctl(fd, PERF_EVENT_IOC_ENABLE, null));
}
