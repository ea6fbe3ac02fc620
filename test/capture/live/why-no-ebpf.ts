import { loadLibbpf } from '../../../src/capture/live/ebpf/libbpf.ts';

/** Why eBPF cannot be tested here, root and namespaces aside; false when it can. */
export function whyNoEbpf(): string | false {
  try {
    loadLibbpf();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}
