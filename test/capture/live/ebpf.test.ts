import { EbpfCapture, type EbpfOptions } from '../../../src/capture/live/ebpf/ebpf-capture.ts';
import { conformance } from './conformance.ts';
import { enterOwnNetwork } from './own-network.ts';
import { whyNoEbpf } from './why-no-ebpf.ts';

const skip = whyNoEbpf() || enterOwnNetwork();

/** As this kernel can, and as older ones could. */
const WAYS: Readonly<Record<string, NonNullable<EbpfOptions['without']>>> = {
  'eBPF as this kernel has it': {},
  'eBPF without links (before Linux 6.6)': { links: true },
  'eBPF without ring buffers and links (before Linux 5.8)': { ringBuffers: true, links: true },
};

for (const [name, without] of Object.entries(WAYS)) {
  const openCut = (snapLen?: number) =>
    ((names, info, options) =>
      Promise.resolve().then(
        () =>
          new EbpfCapture(names, info, {
            ...options,
            without,
            ...(snapLen === undefined ? {} : { snapLen }),
          }),
      )) satisfies Parameters<typeof conformance>[1]['open'];
  conformance(name, { open: openCut(), openCut, isExact: true, followsName: true }, skip);
}
