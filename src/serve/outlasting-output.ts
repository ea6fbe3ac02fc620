import { LanscopeError } from '../bytes/error.ts';
import type { Output } from '../engine/output.ts';

/**
 * An output whose file can no longer be written (a full disk) is told once and left out; the run goes on without it.
 * Recorded captures have time for a second try, the wire has not.
 */
export function outlasting(output: Output, onNotice: (text: string) => void): Output {
  let isBroken = false;
  const broken = (error: unknown): void => {
    if (!(error instanceof LanscopeError)) throw error;
    isBroken = true;
    onNotice(`${error.message}; it ends there, the analysis goes on`);
  };
  const guarded = async (call: (() => Promise<void>) | undefined): Promise<void> => {
    if (!isBroken) await call?.().catch(broken);
  };
  return {
    observe(observation, at, flows) {
      if (!isBroken) output.observe?.(observation, at, flows);
    },
    flowEnd(slot, flows) {
      if (!isBroken) output.flowEnd?.(slot, flows);
    },
    flowScore(score) {
      if (!isBroken) output.flowScore?.(score);
    },
    drain: () => guarded(() => output.drain?.() ?? Promise.resolve()),
    end: (report) => guarded(() => output.end(report)),
  };
}
