/** A process of the pool: the first message sets it up, every other is a case. It ends when its parent lets go. */
import { setFlagsFromString } from 'node:v8';
import { type CaseSettings, type RunSetup, settingsOf } from './case-settings.ts';
import { type CaseTask, runCase } from './run-case.ts';

/**
 * Bytes of bytecode that a function runs before V8 looks whether to optimize it, six times the default. Many small
 * captures are over before optimized code has paid for itself, and every process of the pool compiles it anew: together
 * they spent a third of their time so. Large captures are in their loops for seconds and optimized all the same.
 * The V8 of Node 22 and later (12) has no such flag, and complains on standard error about what it does not know.
 */
if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=400000');

let settings: Promise<CaseSettings> | null = null;
/** One case at a time, in the order given. */
let last: Promise<unknown> = Promise.resolve();

process.on('message', (message: RunSetup | CaseTask) => {
  if (settings === null) {
    settings = settingsOf(message as RunSetup);
    return;
  }
  const ready = settings;
  last = last.then(async () => {
    const outcome = await runCase(message as CaseTask, await ready);
    if (process.connected) process.send!(outcome);
  });
});
// Also when the parent was killed: nobody would hear the rest.
process.on('disconnect', () => process.exit(0));
