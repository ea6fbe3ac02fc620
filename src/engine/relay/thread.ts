/** The thread that reads captures. To start it takes a while, so that a command that will want one starts it first. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Started, and not taken yet. */
let started: Worker | null = null;

/** Starts a thread that nobody waits for: it ends with the process, taken or not. */
export function startThread(): void {
  try {
    started = newThread();
  } catch {
    return; // no room for one more: who takes one finds out
  }
  started.unref();
  // It ends before it is taken only when it failed: the next one's failure is heard.
  started.on('error', forget).on('exit', forget);
}

/** A thread that was started already, or a new one. It waits for its task (`TrafficTask`). */
export function takeThread(): Worker {
  const thread = started ?? newThread();
  started = null;
  thread.off('error', forget).off('exit', forget);
  thread.ref();
  return thread;
}

/** Bundled, it is a script beside this one. The sources are TypeScript, for which Node 20 gives threads no loader. */
function newThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./traffic-thread.cjs', import.meta.url));
  const loader = createRequire(import.meta.url).resolve('tsx/cjs');
  const file = fileURLToPath(new URL('./traffic-thread.ts', import.meta.url));
  const script = [loader, file].map((path) => `require(${JSON.stringify(path)});`).join('');
  return new Worker(script, { eval: true });
}

function forget(): void {
  started = null;
}
