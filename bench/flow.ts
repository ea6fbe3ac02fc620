/**
 * Nanoseconds per packet of the flow table and of inspection, and bytes per flow, over one capture:
 * `npm run bench:flow -- CAPTURE [rounds]`. Only the time inside each stage is counted, batch by batch, so reading and
 * header decoding do not enter. The median over batches is what a batch costs when nothing else takes the processor.
 */
import { openCaptures } from '../src/capture/open.ts';
import { Inspector } from '../src/flow/inspect.ts';
import { DEFAULT_FLOW_CONFIG, FlowTable } from '../src/flow/table.ts';
import { decodeHeaders } from '../src/packet/decode.ts';
import { IssueCounter } from '../src/packet/issue.ts';

const [path, rounds] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: npm run bench:flow -- CAPTURE [rounds]');
  process.exit(2);
}

function summary(samples: readonly number[]): string {
  const sorted = [...samples].sort((x, y) => x - y);
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  return `${sorted[Math.floor(sorted.length / 2)]!.toFixed(1)}/${mean.toFixed(1)}`;
}

const slots = new Int32Array(65_536);
const directions = new Uint8Array(65_536);
for (let round = 0; round < Number(rounds ?? 2); round++) {
  const issues = new IssueCounter();
  let messages = 0;
  const started = process.hrtime.bigint();
  const flows: FlowTable = new FlowTable(DEFAULT_FLOW_CONFIG, issues, {
    flowEnd: (slot) => inspector.flowEnd(slot),
  });
  const inspector: Inspector = new Inspector(flows, issues, () => void messages++);
  const startUp = Number(process.hrtime.bigint() - started) / 1e6;
  let packets = 0;
  const flowNs: number[] = [];
  const inspectNs: number[] = [];
  for await (const batch of openCaptures([path], { noHash: true })) {
    decodeHeaders(batch, issues);
    const a = process.hrtime.bigint();
    for (let i = batch.start; i < batch.count; i++) {
      slots[i] = flows.packet(batch, i);
      directions[i] = flows.direction;
    }
    const b = process.hrtime.bigint();
    for (let i = batch.start; i < batch.count; i++) {
      flows.direction = directions[i]!;
      inspector.packet(batch, i, slots[i]!);
    }
    const c = process.hrtime.bigint();
    const count = batch.count - batch.start;
    packets += count;
    flowNs.push(Number(b - a) / count);
    inspectNs.push(Number(c - b) / count);
  }
  const { created, active } = flows.statistics;
  console.log(
    `${packets} packets, ${created} flows, ${active} active at the end, ${messages} messages: ` +
      `flow ${summary(flowNs)} ns, inspect ${summary(inspectNs)} ns a packet (median/mean of batches), ` +
      `${flows.bytesPerSlot.toFixed(0)} bytes a slot of ${flows.capacity}, start-up ${startUp.toFixed(2)} ms`,
  );
  flows.end();
}
