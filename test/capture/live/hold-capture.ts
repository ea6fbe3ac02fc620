/**
 * Captures on wire0 until it is ended, as a process of its own. Its first argument is `links` or `filters`; with `exit` as
 * the second it ends at once, without closing.
 */
import { EbpfCapture } from '../../../src/capture/live/ebpf/ebpf-capture.ts';
import { newSourceInfo } from '../../../src/capture/source.ts';

const capture = new EbpfCapture(['wire0'], newSourceInfo('wire0'), {
  kernelBufferBytes: 1 << 16,
  onNotice: () => {},
  without: { links: process.argv[2] === 'filters' },
});
process.stdout.write(`${capture.how}\n`);
if (process.argv[3] === 'exit') process.exit(0);
for await (const batch of capture.batches()) batch.start = 0;
