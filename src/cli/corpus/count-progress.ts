/** How many of a known number are done, on the last line of a terminal's standard error; nothing elsewhere. */
export interface CountProgress {
  step(): void;
  /** Removes the line, so that something can be printed; the next step shows it again. */
  clear(): void;
  stop(): void;
}

export function countProgress(
  total: number,
  what: string,
  stream: NodeJS.WriteStream = process.stderr,
): CountProgress {
  let done = 0;
  if (!stream.isTTY || process.env['TERM'] === 'dumb') return { step: () => done++, clear() {}, stop() {} };
  const clear = (): void => void stream.write('\r\u001b[K');
  let timer: NodeJS.Timeout | null = null;
  const show = (): void => {
    timer = null;
    stream.write(`\r\u001b[K${done}/${total} ${what}`);
  };
  return {
    step() {
      done++;
      timer ??= setTimeout(show, REDRAW_MS);
    },
    clear,
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      clear();
    },
  };
}

const REDRAW_MS = 50;
