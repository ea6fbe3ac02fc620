/**
 * Writes a capture of random bytes with valid record headers, the same for the same arguments: what an analyzer must
 * get through without finding anything.
 *
 *   tsx scripts/make-random-capture.ts --out FILE [--packets 10000000] [--bytes 96] [--link-type 1] [--seed 1]
 *
 * Frames are up to twice `--bytes` long.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RandomRecords } from './large-capture/random-records.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    packets: { type: 'string', default: '10000000' },
    bytes: { type: 'string', default: '96' },
    'link-type': { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
if (!values.out) {
  process.stderr.write('usage: make-random-capture --out FILE [--packets N] [--bytes N] [--link-type N]\n');
  process.exit(2);
}
const records = new RandomRecords(Number(values.seed), Number(values.bytes), Number(values['link-type']));
const fd = openSync(values.out, 'w');
let bytes = writeSync(fd, records.fileHeader());
for (let left = Number(values.packets); left > 0;) {
  const piece = records.next(left);
  bytes += writeSync(fd, piece.bytes);
  left -= piece.packets;
}
closeSync(fd);
process.stdout.write(`${values.out}: ${bytes} bytes, ${values.packets} packets\n`);
