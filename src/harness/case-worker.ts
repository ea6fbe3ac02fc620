/** A process of the pool: the first message sets it up, every other is a case. It ends when its parent lets go. */
import { builtInKnowledge } from '../fingerprint/knowledge.ts';
import { type CaseSettings, type RunSetup, settingsOf } from './case-settings.ts';
import { type CaseTask, runCase } from './run-case.ts';

let settings: Promise<CaseSettings> | null = null;
/** One case at a time, in the order given. */
let last: Promise<unknown> = Promise.resolve();
let casesRun = 0;

/** Whether this process was of use. */
export function hasRunCases(): boolean {
  return casesRun > 0;
}

process.on('message', (message: RunSetup | CaseTask) => {
  if (settings === null) {
    settings = settingsOf(message as RunSetup);
    return;
  }
  const ready = settings;
  last = last.then(async () => {
    const outcome = await runCase(message as CaseTask, await ready);
    casesRun++;
    if (process.connected) process.send!(outcome);
  });
});
// Also when the parent was killed: nobody would hear the rest.
process.on('disconnect', () => process.exit(0));
// Every case needs it, and the parent is still reading its arguments.
builtInKnowledge();
