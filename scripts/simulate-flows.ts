/**
 * Writes labelled connection logs of simulated networks, in the form of IoT-23: behaviour that the captures at hand do
 * not hold, for training models. `tsx scripts/simulate-flows.ts --out DIR [--networks N]`. The same N gives the same
 * bytes. A model's card says how much of its training data was simulated, and no result is measured on these alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connLog } from './simulate-flows/conn-log.ts';
import { simulateNetwork } from './simulate-flows/network.ts';

const { values } = parseArgs({
  options: { out: { type: 'string' }, networks: { type: 'string', default: '60' } },
});
if (values.out === undefined) throw new Error('--out DIR is needed');
mkdirSync(values.out, { recursive: true });
let rows = 0;
for (let n = 0; n < Number(values.networks); n++) {
  const flows = simulateNetwork(n);
  rows += flows.length;
  writeFileSync(join(values.out, `network-${String(n).padStart(2, '0')}.log.labeled`), connLog(flows));
}
console.log(`${values.networks} networks, ${rows} flows: ${values.out}`);
