/**
 * Writes a large capture for benches, the same bytes for the same arguments:
 *
 *   tsx scripts/make-large-capture.ts --out FILE [--kind mixed] [--megabytes 961] [--packets N] [--seed 1]
 *
 * Kinds: `mixed` (a home network: TCP with set-up, data and end, UDP, DNS, ARP, mDNS; about 340 bytes a packet),
 * `small` (mostly bare acknowledgements), `large` (full segments), `short-flows` (a scan: a new connection every two or
 * three packets), `dns` (queries and answers).
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FrameWriter } from './large-capture/frame-writer.ts';
import { KINDS, Traffic } from './large-capture/traffic.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    kind: { type: 'string', default: 'mixed' },
    megabytes: { type: 'string', default: '961' },
    packets: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const kind = KINDS[values.kind];
if (!values.out || !kind) {
  process.stderr.write(
    `usage: make-large-capture --out FILE [--kind ${Object.keys(KINDS).join('|')}] [--megabytes N] [--packets N]\n`,
  );
  process.exit(2);
}

const maxPackets = values.packets ? Number(values.packets) : Number.POSITIVE_INFINITY;
const maxBytes = values.packets ? Number.POSITIVE_INFINITY : Number(values.megabytes) * 1e6;
const fd = openSync(values.out, 'w');
const writer = new FrameWriter();
const traffic = new Traffic(writer, kind, Number(values.seed));
let bytes = 0;
const flush = (): void => {
  writeSync(fd, writer.bytes, 0, writer.at);
  bytes += writer.at;
  writer.at = 0;
};
writer.fileHeader();
while (writer.packets < maxPackets && bytes + writer.at < maxBytes) {
  traffic.step();
  if (writer.isFull) flush();
}
flush();
closeSync(fd);
process.stdout.write(`${values.out}: ${bytes} bytes, ${writer.packets} packets\n`);
