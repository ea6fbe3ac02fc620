/**
 * Kills processes with SIGKILL while they save to a store, at random moments, and looks what is left each time:
 *
 *   tsx scripts/store-kill.ts [KILLS] [SEED]
 *
 * Ends with an error when a store does not open, or lacks what was reported as saved.
 */
import { killWhileSaving } from '../test/store/kill-while-saving.ts';

const [kills = '200', seed = '1'] = process.argv.slice(2);
const started = performance.now();
const { acknowledged, ahead } = await killWhileSaving(Number(kills), Number(seed));
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${kills} kills in ${seconds} s: the store opened each time, with all of ${acknowledged} saves; ${ahead} times also with the one that was under way`,
);
