import { LanscopeError } from '../../bytes/error.ts';
import type { PacketBatch } from '../../packet/batch.ts';
import type { CountedTraffic } from '../../packet/counted-traffic.ts';
import { newSourceInfo, type Source, type SourceInfo } from '../source.ts';
import {
  type Backend,
  BACKENDS,
  type CaptureOptions,
  type LiveCapture,
  type OpenBackend,
} from './backend.ts';
import { openEbpf } from './ebpf/ebpf-capture.ts';
import { ANY_INTERFACE } from './interfaces.ts';
import { openLibpcap } from './libpcap-capture.ts';

/** Packets of interfaces as they come. It ends when it is told to, never by itself while capturing is possible. */
export interface LiveSource extends Source {
  /** Ends capturing; batches go on until all that was captured has been handed out. */
  stop(): void;
  /** What the kernel counted instead of handing it out, in parts; null when nothing waits. To be asked between batches. */
  counted?(): CountedTraffic | null;
}

/** `auto`: eBPF where it can be had, else libpcap. */
export const BACKEND_CHOICES = ['auto', ...BACKENDS] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** What captures, told when it does. */
export interface Opened {
  readonly backend: Backend;
  /** In what way: `TCX, ring buffer`. */
  readonly how: string;
  /** Why not the better one, in one line; '' when this is the better one or the one that was asked for. */
  readonly because: string;
}

export interface LiveOptions extends Partial<CaptureOptions> {
  /** `auto` when absent. */
  readonly backend?: BackendChoice;
  /** Called once, when packets are being captured. */
  readonly onOpen?: (opened: Opened) => void;
}

const DEFAULT_KERNEL_BUFFER_BYTES = 64 * 1024 * 1024;
const OPEN: Readonly<Record<Backend, OpenBackend>> = { ebpf: openEbpf, libpcap: openLibpcap };

/**
 * Live capture, promiscuous, all interfaces as one input. The first pull rejects with a `LanscopeError`:
 * COMPONENT_MISSING, NO_SUCH_INTERFACE, NO_PERMISSION.
 */
export function openLive(
  interfaces: readonly string[],
  options: LiveOptions = {},
  open: Readonly<Record<Backend, OpenBackend>> = OPEN,
): LiveSource {
  const info = newSourceInfo(interfaces.join('+'));
  let capture: LiveCapture | null = null;
  let isStopped = false;
  async function* batches(): AsyncGenerator<PacketBatch, void, undefined> {
    const chosen = await openBackend(interfaces, info, options, open);
    ({ capture } = chosen);
    try {
      if (isStopped) capture.stop();
      options.onOpen?.({ backend: chosen.backend, how: capture.how, because: chosen.because });
      yield* capture.batches();
    } finally {
      await capture.close();
    }
  }
  const iterator = batches();
  return {
    inputs: [info],
    counted: () => capture?.counted?.() ?? null,
    stop() {
      isStopped = true;
      capture?.stop();
    },
    async close() {
      isStopped = true;
      await capture?.close();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}

async function openBackend(
  interfaces: readonly string[],
  info: SourceInfo,
  { backend: choice = 'auto', kernelBufferBytes, onNotice, batchSize, offload }: LiveOptions,
  open: Readonly<Record<Backend, OpenBackend>>,
): Promise<{ readonly capture: LiveCapture; readonly backend: Backend; readonly because: string }> {
  const options: CaptureOptions = {
    kernelBufferBytes: kernelBufferBytes ?? DEFAULT_KERNEL_BUFFER_BYTES,
    onNotice: onNotice ?? (() => {}),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(offload === undefined ? {} : { offload }),
  };
  if (choice === 'libpcap' && offload !== undefined) throw offloadError(null);
  if (choice !== 'auto') {
    return { capture: await open[choice](interfaces, info, options), backend: choice, because: '' };
  }
  let because: LanscopeError;
  try {
    if (interfaces.includes(ANY_INTERFACE)) {
      throw new LanscopeError('COMPONENT_MISSING', 'Only libpcap captures on all interfaces together');
    }
    return { capture: await open.ebpf(interfaces, info, options), backend: 'ebpf', because: '' };
  } catch (error) {
    // An interface that is not there is not there for the other backend either.
    if (!(error instanceof LanscopeError) || error.code === 'NO_SUCH_INTERFACE') throw error;
    because = error;
  }
  if (offload !== undefined) throw offloadError(because);
  info.interfaces.length = 0;
  try {
    const capture = await open.libpcap(interfaces, info, options);
    return { capture, backend: 'libpcap', because: because.message };
  } catch (error) {
    // Neither can be had: what is needed for one of them is told, and the other's reason.
    if (!(error instanceof LanscopeError) || error.code === 'NO_SUCH_INTERFACE') throw error;
    throw new LanscopeError(error.code, `${error.message} (nor by eBPF: ${because.message})`, error.hint, {
      cause: error,
    });
  }
}

function offloadError(because: LanscopeError | null): LanscopeError {
  return new LanscopeError(
    because?.code ?? 'USAGE',
    `Only eBPF counts packets in the kernel (--offload)${because === null ? '' : `, and it cannot be had: ${because.message}`}`,
    because?.hint ?? 'Use --backend ebpf, or leave --offload out',
    { cause: because },
  );
}
