/** The terminal view of a run: loaded only where one is shown, as it brings Ink and React. */
import { render, Text, useInput } from 'ink';
import { createElement, useEffect, useReducer } from 'react';
import { LiveView } from '../../engine/live-view.ts';
import type { LiveProbe } from '../live.ts';
import { createCanvas } from './canvas.ts';
import { makeFrame } from './frame.ts';
import type { RunState } from './model.ts';
import { History } from './sparkline.ts';
import { type Extent, FIRST_STATE, type Key, press } from './state.ts';
import { guardTerminal } from './terminal-guard.ts';
import { makeTheme } from './theme.ts';

export interface ScreenOptions {
  readonly title: string;
  readonly output: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
  readonly color: boolean;
  /** The person wants to end. */
  readonly onQuit: () => void;
}

export interface Screen {
  readonly probe: LiveProbe;
  /** Shown for a while in the view; all of them are given back by `stop`. */
  notice(text: string): void;
  setState(state: RunState): void;
  /** Gives the terminal back. */
  stop(): readonly string[];
}

/** Seconds of traffic that are remembered. */
const HISTORY = 512;
const NOTICE_MS = 20_000;
const MAX_NOTICES = 200;

export function openScreen(options: ScreenOptions): Screen {
  const { output, input, color } = options;
  const theme = makeTheme(color);
  const startedMs = performance.now();
  const history = { packets: new History(HISTORY), bits: new History(HISTORY) };
  const notices: string[] = [];
  let noticedMs = -Infinity;
  let view: LiveView | null = null;
  let refreshedMs = startedMs;
  let runState: RunState = 'starting';
  let state = FIRST_STATE;
  let extent: Extent = { keys: [], page: 1, detailLines: 0 };
  let endedMs = -1;
  let redraw = (): void => {};

  const draw = (): string => {
    const nowMs = performance.now();
    const frame = makeFrame(
      {
        title: options.title,
        state: runState,
        elapsedSeconds: ((endedMs < 0 ? nowMs : endedMs) - startedMs) / 1000,
        view,
        packetRates: history.packets,
        bitRates: history.bits,
        notice: nowMs - noticedMs < NOTICE_MS ? notices.at(-1)! : '',
      },
      state,
      output.columns,
      output.rows,
      theme,
      color,
    );
    extent = frame.extent;
    return frame.lines.join('\n');
  };
  const onKey = (key: Key): void => {
    if (key.text === 'q' && !state.isTyping) return options.onQuit();
    state = press(state, key, extent);
    redraw();
  };

  function View() {
    const [, again] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
      redraw = again;
    }, []);
    useInput((text, key) => {
      if (key.ctrl && text === 'c') options.onQuit();
      else if (nameOf(key) !== '') onKey({ text: '', name: nameOf(key) });
      // Typed fast or pasted, several keys come as one.
      else if (!key.ctrl && !key.meta) for (const character of text) onKey(keyOf(character));
    });
    return createElement(Text, { wrap: 'truncate-end' }, draw());
  }

  const leave = guardTerminal(output, input);
  const canvas = createCanvas(output);
  const ink = render(createElement(View), {
    stdout: canvas.stream,
    stdin: input,
    exitOnCtrlC: false,
    patchConsole: false,
    // Every frame whole: the canvas finds out what changed.
    debug: true,
  });
  const onResize = (): void => {
    canvas.invalidate();
    redraw();
  };
  output.on('resize', onResize);

  return {
    probe: {
      begin(pipeline) {
        view = new LiveView(pipeline);
        refreshedMs = performance.now();
      },
      tick() {
        const nowMs = performance.now();
        view?.refresh(Math.max(1e-3, (nowMs - refreshedMs) / 1000));
        refreshedMs = nowMs;
        history.packets.push(view?.watched.packetsPerSecond ?? 0);
        history.bits.push(8 * (view?.watched.bytesPerSecond ?? 0));
        redraw();
      },
    },
    notice(text) {
      if (notices.length < MAX_NOTICES) notices.push(text);
      else notices[MAX_NOTICES - 1] = text;
      noticedMs = performance.now();
      redraw();
    },
    setState(next) {
      runState = next;
      if (next === 'ended') endedMs = performance.now();
      redraw();
    },
    stop() {
      output.off('resize', onResize);
      redraw = () => {};
      canvas.close();
      ink.unmount();
      leave();
      return notices;
    },
  };
}

function keyOf(character: string): Key {
  if (character === '\r' || character === '\n') return { text: '', name: 'enter' };
  if (character === '\t') return { text: '', name: 'tab' };
  if (character === '\u007f' || character === '\b') return { text: '', name: 'backspace' };
  return { text: character, name: '' };
}

type InkKey = Parameters<Parameters<typeof useInput>[0]>[1];

function nameOf(key: InkKey): Key['name'] {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.pageUp) return 'pageUp';
  if (key.pageDown) return 'pageDown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return || key.rightArrow) return 'enter';
  if (key.escape || key.leftArrow) return 'escape';
  if (key.tab) return 'tab';
  return key.backspace || key.delete ? 'backspace' : '';
}
