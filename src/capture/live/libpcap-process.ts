/**
 * The process that holds libpcap: arguments are the size of the kernel's buffer and the interfaces; it writes one
 * pcapng section to file descriptor 3, in whole blocks, at the latest 100 ms after a packet came. It says over the IPC
 * channel when it listens or why it cannot, and ends when that channel is closed.
 *
 * Timestamps are taken when a packet reaches this process, since `cap` hands on none: later than the kernel's by the
 * time that the packet waited. When the reader is slow, writing waits, and packets wait in the kernel's buffer; what
 * the kernel drops then is not told by `cap`.
 */
import { writeSync } from 'node:fs';
import { LanscopeError } from '../../bytes/error.ts';
import { PcapngWriter } from '../write/pcapng-writer.ts';
import { CAP_SNAP_LEN, type Cap, type CapModule, linkTypeOf, loadCap } from './cap-addon.ts';
import type { CaptureMessage } from './capture-process.ts';
import { openError } from './open-error.ts';
import { WallClock } from './wall-clock.ts';

const DATA_FD = 3;
const FLUSH_MS = 100;
const WRITER_BYTES = 1024 * 1024;
const LAST_TURN_MS = 5;
/** Between two tries to write to a pipe that is full and does not block. */
const FULL_PIPE_WAIT_MS = 1;

/** Frame buffers and handles: `cap` points into them, so they live as long as the process. */
const held: { cap: Cap; frame: Buffer }[] = [];
const writer = new PcapngWriter(WRITER_BYTES);
const clock = new WallClock();
let flushDueMs = 0;

// Ctrl-C goes to the whole foreground group; it is the parent that decides when capturing ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// One more turn of the event loop takes what is waiting in the kernel.
process.on('disconnect', () => setTimeout(end, LAST_TURN_MS));
try {
  const [bufferBytes, ...names] = process.argv.slice(2);
  start(loadCap(), names, Number(bufferBytes));
  tell({ opened: true });
} catch (error) {
  if (!(error instanceof LanscopeError)) throw error;
  tell({ opened: false, code: error.code, message: error.message, hint: error.hint });
  process.disconnect();
}

function start(module: CapModule, names: readonly string[], bufferBytes: number): void {
  const there = module.deviceList().map(({ name }) => name);
  writer.section();
  for (const [id, name] of names.entries()) {
    if (!there.includes(name)) throw openError(name, 'No such device exists');
    const cap = new module.Cap();
    const frame = Buffer.alloc(CAP_SNAP_LEN + 1);
    held.push({ cap, frame });
    cap.on('packet', (capLen) => take(id, frame, capLen));
    writer.interface(name, openDevice(cap, name, bufferBytes, frame), CAP_SNAP_LEN);
  }
  flush();
  setInterval(() => {
    clock.adjust();
    flush();
  }, FLUSH_MS);
}

/** Gives the link type. No packet is handed on before the event loop runs again. */
function openDevice(cap: Cap, name: string, bufferBytes: number, frame: Buffer): number {
  let linkName: string;
  try {
    linkName = cap.open(name, '', bufferBytes, frame);
  } catch (error) {
    throw openError(name, (error as Error).message);
  }
  const linkType = linkTypeOf(linkName);
  if (linkType < 0) throw openError(name, linkName);
  return linkType;
}

function take(id: number, frame: Buffer, capLen: number): void {
  const nowMs = clock.nowMs();
  if (!writer.fits(capLen)) flush();
  // The timer does not run as long as packets come without a pause.
  else if (nowMs >= flushDueMs && writer.length > 0) flush();
  writer.packet(id, Math.floor(nowMs * 1000), frame, capLen, capLen);
}

function flush(): void {
  flushDueMs = clock.nowMs() + FLUSH_MS;
  let at = 0;
  while (at < writer.length) {
    try {
      at += writeSync(DATA_FD, writer.bytes, at, writer.length - at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') process.exit(0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
  writer.length = 0;
}

function end(): void {
  for (const { cap } of held) cap.close();
  flush();
  process.exit(0);
}

function tell(message: CaptureMessage): void {
  process.send?.(message);
}
