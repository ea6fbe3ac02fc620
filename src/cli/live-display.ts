/** What a person sees of a live run or a replay: the terminal view where there is a terminal, lines elsewhere. */
import type { LiveSource } from '../capture/live/live-source.ts';
import type { Pipeline } from '../engine/pipeline.ts';
import { createLiveLog } from '../serve/live-log.ts';
import type { LiveProbe, LiveStatus } from '../serve/live.ts';
import type { Screen } from '../serve/view/screen.ts';
import { hasColor } from './terminal.ts';

export interface LiveDisplayOptions {
  readonly title: string;
  readonly quiet: boolean;
  readonly headless: boolean;
  /** The person wants to end, as with Ctrl-C. */
  readonly onQuit: () => void;
}

export interface LiveDisplay {
  readonly probe: LiveProbe;
  /** Undefined when nothing is to be shown. */
  readonly onStatus: ((status: LiveStatus) => void) | undefined;
  readonly say: (text: string) => void;
  /** Packets can come: a failure to begin is told on the terminal as it was. */
  begin(): void;
  /** The run is over. Where there is a view, resolves when the person has seen enough of it. */
  linger(): Promise<void>;
  /** Gives the terminal back. Idempotent. */
  stop(): void;
}

export async function openDisplay(options: LiveDisplayOptions): Promise<LiveDisplay> {
  const { quiet } = options;
  const log = createLiveLog(process.stderr);
  const openScreen =
    quiet || options.headless || !canShowView() ? null : (await import('../serve/view/screen.ts')).openScreen;
  let screen: Screen | null = null;
  let run: { readonly pipeline: Pipeline; readonly source: LiveSource } | null = null;
  let onSeen: (() => void) | null = null;
  let isStopped = false;

  const say = (text: string): void => {
    if (screen !== null) screen.notice(text);
    else if (!quiet) log.line(`lanscope: ${text}`);
  };
  return {
    say,
    probe: {
      begin(pipeline, source) {
        run = { pipeline, source };
        screen?.probe.begin(pipeline, source);
      },
      tick: () => screen?.probe.tick?.(),
    },
    onStatus: quiet
      ? undefined
      : (status) => {
          if (openScreen === null) log.status(status);
        },
    begin() {
      if (openScreen === null || isStopped) return;
      screen = openScreen({
        title: options.title,
        output: process.stderr,
        input: process.stdin,
        color: hasColor(process.stderr),
        onQuit: () => (onSeen ?? options.onQuit)(),
      });
      screen.setState('running');
      if (run !== null) screen.probe.begin(run.pipeline, run.source);
    },
    linger() {
      if (screen === null) return Promise.resolve();
      screen.setState('ended');
      return new Promise((resolve) => (onSeen = resolve));
    },
    stop() {
      isStopped = true;
      log.stop();
      onSeen?.();
      const notices = screen?.stop() ?? [];
      screen = null;
      // They went by in the view; here they stay.
      for (const notice of notices) say(notice);
    },
  };
}

/** Whether keys can be read and a screen be drawn. */
function canShowView(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY && process.env['TERM'] !== 'dumb';
}
