/**
 * The terminal's other screen, and the way back from it, whatever ends the process: `process.exit`, an exception, a
 * signal with a handler. Only SIGKILL leaves the terminal as it is.
 */
import { writeSync } from 'node:fs';

/** Other screen, no cursor, no wrapping of lines. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J\u001b[H';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** Enters; the result leaves, once. */
export function guardTerminal(output: NodeJS.WriteStream, input: NodeJS.ReadStream): () => void {
  const fd = (output as NodeJS.WriteStream & { readonly fd: number }).fd;
  let isLeft = false;
  const leave = (): void => {
    if (isLeft) return;
    isLeft = true;
    process.off('exit', leave);
    try {
      input.setRawMode?.(false);
      // At once: on exit nothing asynchronous is written any more.
      writeSync(fd, LEAVE);
    } catch {
      // The terminal is gone.
    }
  };
  process.on('exit', leave);
  output.write(ENTER);
  return leave;
}
