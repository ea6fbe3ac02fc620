/**
 * Ctrl-C, SIGTERM and a terminal that vanishes (SIGHUP): the first stops reading, so that what was read is reported;
 * a second Ctrl-C or SIGTERM quits.
 */
import { writeNotice } from './terminal.ts';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** As Ctrl-C: where the terminal hands it over as a key. */
  interrupt(): void;
  /** Gives the signals back their usual meaning. */
  release(): void;
}

const EXIT_ON_SECOND = 130;

export function stopOnInterrupt(onFirst: () => void = () => {}): Interrupt {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(EXIT_ON_SECOND);
    onFirst();
    writeNotice('stopping; the report will cover what was read (again to quit at once)');
    controller.abort();
  };
  const hangUp = () => {
    onFirst();
    controller.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  process.on('SIGHUP', hangUp);
  return {
    signal: controller.signal,
    interrupt: handle,
    release() {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
      process.off('SIGHUP', hangUp);
    },
  };
}
