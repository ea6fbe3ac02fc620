/**
 * Capture through libpcap and the package `cap`, promiscuous, in a process of its own. Batches end where no more packets
 * are there, so none waits longer than the 100 ms after which that process hands over what it has.
 *
 * Timestamps are those of arrival in that process. The kernel's drops are not known (`drops: -1`).
 */
import { inputsSource } from '../inputs-source.ts';
import type { OpenBackend } from './backend.ts';
import { LiveStream } from './live-stream.ts';

export const openLibpcap: OpenBackend = async (names, info, { kernelBufferBytes, onNotice, batchSize }) => {
  const stream = new LiveStream(names, { kernelBufferBytes, onNotice });
  await stream.open();
  // No hash: nobody has these bytes to compare with.
  const source = inputsSource([info], [() => stream], {
    noHash: true,
    ...(batchSize === undefined ? {} : { batchSize }),
  });
  async function* batches() {
    try {
      for await (const batch of source) {
        info.format = 'libpcap';
        yield batch;
      }
    } finally {
      info.format = 'libpcap';
    }
  }
  return {
    how: 'package cap',
    batches,
    stop: () => stream.stop(),
    async close() {
      await source.close();
      await stream.close();
    },
  };
};
