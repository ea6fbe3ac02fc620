/**
 * A network of this process alone: it leaves its network namespace for an empty one, in which it makes pairs of
 * interfaces and puts frames on them. What it starts is in it too. It ends with the process. Needs root and koffi.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { bind, type Foreign, loadKoffi } from '../../../src/capture/live/ebpf/koffi.ts';

const CLONE_NEWNS = 0x0002_0000;
const CLONE_NEWNET = 0x4000_0000;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ALL_BE = 0x0300;

type Calls = Readonly<Record<'unshare' | 'socket' | 'sendto' | 'if_nametoindex' | 'ioctl', Foreign>>;
let calls: Calls | null = null;

function libc(): Calls {
  return (calls ??= bind(null, {
    unshare: 'int unshare(int flags)',
    socket: 'int socket(int domain, int type, int protocol)',
    sendto:
      'long sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toLength)',
    ioctl: 'int ioctl(int fd, unsigned long request, void *argument)',
    if_nametoindex: 'uint32_t if_nametoindex(const char *name)',
  }));
}

/** Enters the network; gives why that cannot be, or false. */
export function enterOwnNetwork(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  for (const program of ['ip', 'mount', 'sysctl']) {
    if (spawnSync(program, ['--version']).error !== undefined) return `needs ${program}`;
  }
  try {
    loadKoffi();
  } catch (error) {
    return (error as Error).message;
  }
  if (Number(libc().unshare(CLONE_NEWNS | CLONE_NEWNET)) !== 0) return 'needs namespaces';
  // What /sys/class/net shows is the network that it was mounted in.
  run('mount', '--make-rprivate', '/');
  run('mount', '-t', 'sysfs', 'sysfs', '/sys');
  // Nobody speaks here but the tests.
  run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1');
  ip('link', 'set', 'lo', 'up');
  return false;
}

/** What is put on one comes out of the other. */
export function makeWire(name: string, peer: string): void {
  ip('link', 'add', name, 'mtu', '9000', 'type', 'veth', 'peer', 'name', peer, 'mtu', '9000');
  ip('link', 'set', name, 'up');
  ip('link', 'set', peer, 'up');
}

const TUNSETIFF = 0x4004_54ca;
const IFF_TUN = 1;
const IFF_NO_PI = 0x1000;

/** An interface of bare IP; what is written to the file that is given comes in by it. It is there until that is closed. */
export function makeTunnel(name: string): number {
  const file = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name);
  request.writeUInt16LE(IFF_TUN | IFF_NO_PI, 16);
  if (Number(libc().ioctl(file, TUNSETIFF, request)) !== 0) throw new Error('no tunnel can be made');
  ip('link', 'set', name, 'up');
  return file;
}

/** All but loopback. */
export function removeWires(): void {
  const names = readFileSync('/proc/self/net/dev', 'latin1').matchAll(/^ *([^ :]+):/gm);
  for (const [, name] of names) {
    // The second of a pair is gone already.
    if (name !== 'lo') spawnSync('ip', ['link', 'del', name!], { stdio: 'ignore' });
  }
}

export function ip(...args: readonly string[]): void {
  run('ip', ...args);
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

export function ifindexOf(name: string): number {
  return Number(libc().if_nametoindex(name));
}

let socket = -1;

/** Puts a frame on an interface. */
export function send(name: string, frame: Uint8Array): void {
  if (socket < 0) socket = Number(libc().socket(AF_PACKET, SOCK_RAW, 0));
  const to = Buffer.alloc(20);
  to.writeUInt16LE(AF_PACKET, 0);
  to.writeUInt16LE(ETH_P_ALL_BE, 2);
  to.writeInt32LE(ifindexOf(name), 4);
  const sent = Number(libc().sendto(socket, frame, frame.length, 0, to, to.length));
  if (sent !== frame.length) throw new Error(`${name} does not take a frame`);
}

/** A frame of an EtherType for experiments that carries its number. */
export function numbered(number: number, length = 60): Buffer {
  const frame = Buffer.alloc(length, 0x5a);
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]);
  frame.writeUInt32BE(number, 14);
  return frame;
}

/** The same with tags behind its addresses, each as TPID and TCI. */
export function tagged(frame: Buffer, ...tags: readonly (readonly [tpid: number, tci: number])[]): Buffer {
  const words = Buffer.alloc(tags.length * 4);
  for (const [index, [tpid, tci]] of tags.entries()) {
    words.writeUInt16BE(tpid, index * 4);
    words.writeUInt16BE(tci, index * 4 + 2);
  }
  return Buffer.concat([frame.subarray(0, 12), words, frame.subarray(12)]);
}
