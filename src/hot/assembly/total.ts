/** Traffic by layer, and the span of time of a batch. */
import * as C from './layout';

function addLayers(layers: u32, packets: u32, bytes: u64): void {
  for (let bits = layers; bits != 0; bits &= bits - 1) {
    const at = <usize>ctz(bits) << 3;
    store<f64>(at, load<f64>(at, C.TOTAL_packets) + <f64>packets, C.TOTAL_packets);
    store<f64>(at, load<f64>(at, C.TOTAL_bytes) + <f64>bytes, C.TOTAL_bytes);
  }
}

/** Adds rows [start, end), at least one, to the totals. */
export function total(base: usize, start: u32, end: u32): void {
  let runLayers: u32 = 0;
  let runPackets: u32 = 0;
  let runBytes: u64 = 0;
  let all: u64 = 0;
  let first = start;
  let latest = start;
  let low: u64 = 0xffffffffffffffff;
  let high: u64 = 0;
  for (let i = start; i < end; i++) {
    const r4 = base + (<usize>i << 2);
    const layers = load<u32>(r4, C.layers);
    if (layers != runLayers) {
      addLayers(runLayers, runPackets, runBytes);
      all += runBytes;
      runLayers = layers;
      runPackets = 0;
      runBytes = 0;
    }
    runPackets++;
    runBytes += load<u32>(r4, C.wireLen);
    const time = (<u64>load<u32>(r4, C.tsSeconds) << 32) | <u64>load<u32>(r4, C.tsNanos);
    if (time < low) {
      low = time;
      first = i;
    }
    if (time > high || i == start) {
      high = time;
      latest = i;
    }
  }
  addLayers(runLayers, runPackets, runBytes);
  store<f64>(C.TOTAL_allBytes, load<f64>(C.TOTAL_allBytes) + <f64>(all + runBytes));
  store<u32>(C.ST_first, first);
  store<u32>(C.ST_latest, latest);
}
