/** An analysis in two threads: one reads captures and keeps flows, this one learns from them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { LanscopeError } from '../../bytes/error.ts';
import type { SourceInfo, SourceOptions } from '../../capture/source.ts';
import type { FlowConfig } from '../../flow/config.ts';
import { ToldFlows } from '../../flow/told-flows.ts';
import { IssueCounter } from '../../packet/issue.ts';
import { Learning, type LearningOptions } from '../learning.ts';
import type { Sent } from './parcel.ts';
import { Player } from './player.ts';
import { CONTROL, newSharedState } from './shared.ts';
import { takeThread } from './thread.ts';
import type { Ended, TrafficMessage, TrafficTask } from './traffic-thread.ts';

export interface FollowOptions extends LearningOptions {
  readonly paths: readonly string[];
  readonly source: SourceOptions;
  /** Aborting ends reading. */
  readonly signal?: AbortSignal;
  /** Called for what each parcel brought, with how far reading was when it was sent. */
  readonly onParcel: (sent: Sent) => Promise<void>;
}

/**
 * Learns from captures that another thread reads, up to the point where all flows have ended. Rejects as reading them here
 * would.
 */
export async function followTraffic(
  options: FollowOptions,
): Promise<{ learning: Learning<ToldFlows>; inputs: readonly SourceInfo[] }> {
  const { flow } = options.config;
  const shared = newSharedState(slotsOf(flow));
  const { memory: _, ...source } = options.source;
  const task: TrafficTask = { paths: options.paths, source, flow, shared };
  const worker = takeThread();
  const messages = messagesOf(worker);
  worker.postMessage(task);
  const stop = (): void => void Atomics.store(shared.control, CONTROL.stop, 1);
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted === true) stop();
  try {
    const learning = new Learning(new ToldFlows(flow), new IssueCounter(), options);
    const player = new Player(learning, shared);
    for await (const message of messages) {
      if ('kind' in message) {
        const { inputs, totals, issues } = accepted(message);
        learning.totals.absorb(totals);
        learning.issues.absorb(issues);
        return { learning, inputs };
      }
      player.play(message);
      Atomics.add(shared.control, CONTROL.returned, 1);
      Atomics.notify(shared.control, CONTROL.returned);
      await options.onParcel(message);
      // Node hands out messages for as long as more come, and hears of no signal meanwhile.
      await nextTurn();
    }
    throw new Error('the thread that reads ended without a word');
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function accepted(message: Ended): Extract<Ended, { kind: 'ended' }> {
  if (message.kind === 'ended') return message;
  throw new LanscopeError(message.code, message.message, message.hint);
}

/** What a worker sends, in order; its error, if it has one, comes behind that. */
async function* messagesOf(worker: Worker): AsyncGenerator<TrafficMessage, void> {
  const waiting: TrafficMessage[] = [];
  let wake: () => void = () => undefined;
  let failure: unknown = null;
  let isOver = false;
  worker.on('message', (message: TrafficMessage) => {
    waiting.push(message);
    wake();
  });
  worker.on('error', (error) => {
    failure = error;
    wake();
  });
  worker.on('exit', () => {
    isOver = true;
    wake();
  });
  for (;;) {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) yield message;
    if (failure !== null) throw failure as Error;
    if (isOver) return;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** Slots of a flow table that is full. */
function slotsOf({ maxFlows }: FlowConfig): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1024, maxFlows)));
}
