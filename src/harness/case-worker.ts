/** A process of the pool: the first message sets it up, every other is a case. It ends when its parent lets go. */
import type { CaseTask } from './run-case.ts';
import { runCase } from './run-case.ts';
import { settingsOf, type WorkerSetup } from './run-cases.ts';

let settings: ReturnType<typeof settingsOf> | null = null;
/** One case at a time, in the order given. */
let last: Promise<unknown> = Promise.resolve();

process.on('message', (message: WorkerSetup | CaseTask) => {
  if (settings === null) {
    settings = settingsOf(message as WorkerSetup);
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
