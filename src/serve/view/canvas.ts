/**
 * Paints frames: only lines that changed, each at its place, so that nothing flickers or scrolls and a frame may be as
 * high as the terminal. Ink's own updating of the terminal counts lines from where it believes the cursor to be, which
 * a resize makes untrue; so it is given this in the place of the terminal, and its `debug` mode, which hands over
 * every frame whole.
 */
export interface Canvas {
  /** What Ink writes to. */
  readonly stream: NodeJS.WriteStream;
  /** The terminal's content is unknown: the next frame is painted whole. */
  invalidate(): void;
  /** Nothing is painted any more. */
  close(): void;
}

const CLEAR = '\u001b[2J';
/** Before a line is written: behind one that is as wide as the terminal it would take its last character. */
const CLEAR_LINE = '\u001b[2K';

export function createCanvas(terminal: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>): Canvas {
  let shown: readonly string[] | null = null;
  let isClosed = false;

  const paint = (frame: string): void => {
    const lines = frame.split('\n');
    let text = shown === null ? CLEAR : '';
    for (const [i, line] of lines.entries()) {
      if (shown?.[i] !== line) text += `\u001b[${i + 1};1H${CLEAR_LINE}${line}`;
    }
    for (let i = lines.length; i < (shown?.length ?? 0); i++) text += `\u001b[${i + 1};1H${CLEAR_LINE}`;
    shown = lines;
    if (text !== '') terminal.write(text);
  };
  const stream = {
    isTTY: true,
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
    write(frame: string) {
      if (!isClosed) paint(frame);
      return true;
    },
    // Who shows the frame redraws it when the size changes.
    on() {},
    off() {},
  };
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    invalidate: () => (shown = null),
    close: () => (isClosed = true),
  };
}
