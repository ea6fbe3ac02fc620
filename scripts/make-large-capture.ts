/**
 * Writes a large capture for benches, the same bytes for the same arguments; `--out -` is standard output:
 *
 *   tsx scripts/make-large-capture.ts --out FILE [--kind mixed] [--megabytes 961] [--packets N] [--seed 1]
 *
 * Kinds: `mixed` (a home network: TCP with set-up, data and end, UDP, DNS, ARP, mDNS; about 340 bytes a packet),
 * `small` (mostly bare acknowledgements), `large` (full segments), `short-flows` (a scan: a new connection every two or
 * three packets), `open-flows` (every packet opens another), `dns` (queries and answers), `tls` (short connections with
 * whole handshakes), `discovery` (64 devices of a home that find each other).
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { captureOf, KINDS } from './large-capture/capture.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    kind: { type: 'string', default: 'mixed' },
    megabytes: { type: 'string', default: '961' },
    packets: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.out === undefined || !KINDS.includes(values.kind)) {
  process.stderr.write(
    `usage: make-large-capture --out FILE|- [--kind ${KINDS.join('|')}] [--megabytes N] [--packets N] [--seed N]\n`,
  );
  process.exit(2);
}

const isPiped = values.out === '-';
const file = isPiped ? -1 : openSync(values.out, 'w');
// Whoever reads it has enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));

/** Done when the bytes may change. */
async function write(bytes: Uint8Array): Promise<void> {
  if (isPiped) await new Promise((resolve) => process.stdout.write(bytes, resolve));
  else for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

const extent = values.packets
  ? { maxPackets: Number(values.packets) }
  : { maxBytes: Number(values.megabytes) * 1e6 };
let total = 0;
let packets = 0;
for (const piece of captureOf(values.kind, Number(values.seed), extent)) {
  await write(piece.bytes);
  total += piece.bytes.length;
  packets = piece.packets;
}
if (!isPiped) closeSync(file);
const told = `${isPiped ? values.kind : values.out}: ${total} bytes, ${packets} packets\n`;
(isPiped ? process.stderr : process.stdout).write(told);
