/**
 * The processes that run cases. To start one takes as long as to analyze dozens of small captures, so that a command
 * that will want some starts them first, and reads its arguments while they load.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Started, and not taken yet. */
const started: ChildProcess[] = [];

/** Starts processes that nobody waits for: those that are not taken end with this one, or when they are dismissed. */
export function startWorkers(count: number): void {
  for (let i = 0; i < count; i++) {
    const child = startWorker();
    child.unref();
    child.channel?.unref();
    // It could not be started, then: who takes it finds out.
    child.on('error', ignore);
    started.push(child);
  }
}

/** A process that was started already, or a new one. */
export function takeWorker(): ChildProcess {
  for (let child = started.shift(); child !== undefined; child = started.shift()) {
    if (!child.connected) continue;
    child.off('error', ignore);
    child.ref();
    child.channel?.ref();
    return child;
  }
  return startWorker();
}

/** Ends those that were started and are not needed. */
export function dismissWorkers(): void {
  for (const child of started.splice(0)) child.kill();
}

function startWorker(): ChildProcess {
  // Bundled, this is a chunk beside the worker's own file; run from the sources both are TypeScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./case-worker.${extension}`, import.meta.url));
  return fork(file, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

function ignore(): void {}
