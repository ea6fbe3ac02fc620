/**
 * Many flows at once, through the flow table alone: `tsx bench/concurrent-flows.ts [flows] [maxFlows]`. Every packet is
 * the SYN of a flow of its own, a microsecond after the last, so all are alive together. Without `maxFlows` the bound of
 * the default configuration holds and evicts; with it the table grows as far as it is allowed.
 */
import { FLOW_END } from '../src/flow/flows.ts';
import { DEFAULT_FLOW_CONFIG, FlowTable } from '../src/flow/table.ts';
import { PacketBatch } from '../src/packet/batch.ts';
import { ISSUE, IssueCounter } from '../src/packet/issue.ts';
import { LAYER } from '../src/packet/layer.ts';

const total = Number(process.argv[2] ?? 5_000_000);
const maxFlows = Number(process.argv[3] ?? DEFAULT_FLOW_CONFIG.maxFlows);
const SIZE = 2048;
const SYN = 2;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const reasons = new Map<number, number>();
const issues = new IssueCounter();
const flows: FlowTable = new FlowTable({ ...DEFAULT_FLOW_CONFIG, maxFlows }, issues, {
  flowEnd: () => reasons.set(flows.endReason, (reasons.get(flows.endReason) ?? 0) + 1),
});
const batch = new PacketBatch(SIZE);
batch.layers.fill(LAYER.ipv4 | LAYER.tcp);
batch.tcpFlags.fill(SYN);
batch.ipLen.fill(40);

const started = process.hrtime.bigint();
let peak = 0;
for (let at = 0; at < total; at += SIZE) {
  batch.count = Math.min(SIZE, total - at);
  batch.firstPacketNumber = at + 1;
  for (let i = 0; i < batch.count; i++) {
    const n = at + i;
    batch.tsSeconds[i] = 1_700_000_000 + Math.floor(n / 1e6);
    batch.tsNanos[i] = (n % 1e6) * 1000;
    batch.srcIp[i * 4 + 2] = batch.dstIp[i * 4 + 2] = 0xffff;
    batch.srcIp[i * 4 + 3] = 0xc0a8_0101;
    batch.dstIp[i * 4 + 3] = 0x0d00_0000 + (n >>> 15);
    batch.srcPort[i] = 1024 + (n & 0x7fff);
    batch.dstPort[i] = 80;
    flows.packet(batch, i);
  }
  peak = Math.max(peak, flows.active);
}
const nanos = Number(process.hrtime.bigint() - started) / total;
console.log(
  `${total} flows: ${peak} active at most, ${flows.evicted} evicted ` +
    `(issue flow/evicted ${issues.count[ISSUE['flow/evicted']]}), ${reasons.get(FLOW_END.timeout) ?? 0} timed out; ` +
    `${nanos.toFixed(0)} ns a flow, table ${megabytes(flows.bytesPerSlot * flows.capacity)} ` +
    `(${flows.bytesPerSlot.toFixed(0)} bytes a slot of ${flows.capacity}), ` +
    `process ${megabytes(process.resourceUsage().maxRSS * 1024)} at most`,
);
