/** How many of a known number are done, on the last line of a terminal's standard error; nothing elsewhere. */
export interface CountProgress {
  step(): void;
  /** What `detail` tells has changed. */
  touch(): void;
  /** Removes the line, so that something can be printed; the next step shows it again. */
  clear(): void;
  stop(): void;
}

export function countProgress(
  total: number,
  what: string,
  detail: () => string = () => '',
  stream: NodeJS.WriteStream = process.stderr,
): CountProgress {
  if (!stream.isTTY || process.env['TERM'] === 'dumb')
    return { step() {}, touch() {}, clear() {}, stop() {} };
  let done = 0;
  let timer: NodeJS.Timeout | null = null;
  const clear = (): void => void stream.write('\r\u001b[K');
  const show = (): void => {
    timer = null;
    stream.write(`\r\u001b[K${done}/${total} ${what}${detail()}`);
  };
  const touch = (): void => {
    timer ??= setTimeout(show, REDRAW_MS);
  };
  return {
    step() {
      done++;
      touch();
    },
    touch,
    clear,
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      clear();
    },
  };
}

const REDRAW_MS = 50;
