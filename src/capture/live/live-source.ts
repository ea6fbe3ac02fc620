import type { PacketBatch } from '../../packet/batch.ts';
import { inputsSource } from '../inputs-source.ts';
import { type Source, type SourceOptions, newSourceInfo } from '../source.ts';
import { LiveStream, type LiveStreamOptions } from './live-stream.ts';

/** Packets of interfaces as they come. It ends when it is told to, never by itself while capturing is possible. */
export interface LiveSource extends Source {
  /** Ends capturing; batches go on until all that was captured has been handed out. */
  stop(): void;
}

export interface LiveOptions extends Partial<LiveStreamOptions> {
  /** Called once, when packets are being captured. */
  readonly onOpen?: () => void;
  readonly source?: SourceOptions;
}

const DEFAULT_KERNEL_BUFFER_BYTES = 64 * 1024 * 1024;

/**
 * Live capture through libpcap, promiscuous, all interfaces as one input. Batches are as those of a file: they end
 * where no more packets are there, so none waits longer than the 100 ms after which the capturing process hands over
 * what it has. The first pull rejects with a `LanscopeError`: COMPONENT_MISSING, NO_SUCH_INTERFACE, NO_PERMISSION.
 *
 * Timestamps are those of arrival in the capturing process. The kernel's drops are not known (`drops: -1`).
 */
export function openLive(interfaces: readonly string[], options: LiveOptions = {}): LiveSource {
  const info = newSourceInfo(interfaces.join('+'));
  const stream = new LiveStream(interfaces, {
    kernelBufferBytes: options.kernelBufferBytes ?? DEFAULT_KERNEL_BUFFER_BYTES,
    onNotice: options.onNotice ?? (() => {}),
    ...(options.record === undefined ? {} : { record: options.record }),
  });
  const open = async (): Promise<LiveStream> => {
    await stream.open();
    options.onOpen?.();
    return stream;
  };
  // No hash: nobody has these bytes to compare with.
  const source = inputsSource([info], [open], { ...options.source, noHash: true });
  async function* batches(): AsyncGenerator<PacketBatch, void, undefined> {
    try {
      for await (const batch of source) {
        info.format = 'libpcap';
        yield batch;
      }
    } finally {
      info.format = 'libpcap';
    }
  }
  const iterator = batches();
  return {
    inputs: source.inputs,
    stop: () => stream.stop(),
    close: () => source.close(),
    [Symbol.asyncIterator]: () => iterator,
  };
}
