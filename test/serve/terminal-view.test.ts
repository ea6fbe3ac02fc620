/** The real command in a real terminal: tmux shows what a person would see. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMAND } from '../cli/command.ts';
import { wireBytes } from './memory-wire.ts';

const SOCKET = `lanscope-test-${process.pid}`;
const PATIENCE_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'lanscope-view-'));
after(() => {
  spawnSync('tmux', ['-L', SOCKET, 'kill-server']);
  rmSync(folder, { recursive: true, force: true });
});

const tmux = (...args: readonly string[]): string =>
  execFileSync('tmux', ['-L', SOCKET, ...args], { encoding: 'utf8' });

interface Terminal {
  screen(): string;
  /** Resolves with the screen when it matches. */
  shows(pattern: RegExp): Promise<string>;
  press(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** The terminal has its usual screen, cursor, echo and lines. */
  assertRestored(): void;
  /** As when its window is closed. */
  close(): void;
  /** Of the command itself. */
  readonly pid: number;
}

let terminals = 0;

/** Runs lanscope in a terminal; when it has ended its exit code is printed. */
async function open(columns: number, rows: number, args: string, environment = ''): Promise<Terminal> {
  const name = `t${terminals++}`;
  const pidFile = join(folder, `${name}.pid`);
  const script = join(folder, `${name}.sh`);
  writeFileSync(
    script,
    `cd ${folder}; (echo $BASHPID > ${pidFile}; exec env -u CI TERM=xterm-256color ${environment} ${COMMAND.join(' ')} ${args}); echo "exit code $?"; exec sh\n`,
  );
  tmux('new-session', '-d', '-s', name, '-x', String(columns), '-y', String(rows), `bash ${script}`);
  const terminal: Omit<Terminal, 'pid'> = {
    screen: () => tmux('capture-pane', '-p', '-t', name),
    async shows(pattern) {
      for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
        const screen = terminal.screen();
        if (pattern.test(screen)) return screen;
        await sleep(50);
      }
      assert.fail(`${String(pattern)} was not shown, but:\n${terminal.screen()}`);
    },
    press: (...keys) => void tmux('send-keys', '-t', name, ...keys),
    close: () => void tmux('kill-session', '-t', name),
    resize: (width, height) =>
      void tmux('resize-window', '-t', name, '-x', String(width), '-y', String(height)),
    assertRestored() {
      assert.equal(tmux('display-message', '-p', '-t', name, '#{alternate_on} #{cursor_flag}').trim(), '0 1');
      const tty = tmux('display-message', '-p', '-t', name, '#{pane_tty}').trim();
      const modes = execFileSync('stty', ['-a', '-F', tty], { encoding: 'utf8' });
      assert.match(modes, / icanon .* echo /s);
    },
  };
  for (;;) {
    const pid = Number(spawnSync('cat', [pidFile], { encoding: 'utf8' }).stdout.trim());
    if (pid > 0) return { ...terminal, pid };
    await sleep(20);
  }
}

const capture = join(folder, 'lan.pcapng');
writeFileSync(capture, wireBytes(300, 100));
const skip =
  (['tmux', 'bash', 'stty'] as const).find(
    (program) => spawnSync(program, ['--version']).error !== undefined,
  ) ??
  (spawnSync('tmux', ['-V']).status !== 0 && 'tmux');

describe('the view in a terminal', { skip: skip !== false && `needs ${skip}`, concurrency: 3 }, () => {
  test('lives through keys and a change of size, and gives the terminal back on q', async () => {
    const terminal = await open(80, 24, `replay ${capture} --speed 10`);
    const first = await terminal.shows(/━ Devices \d{2,} by traffic[^]*▸/);
    assert.equal(first.split('\n').filter((line) => line !== '').length, 24 - blankLines(first), first);
    terminal.resize(160, 50);
    const wide = await terminal.shows(/What it is +Sure +Name +Address[^]*/);
    assert.match(wide, /Devices .*─ Findings/, 'side by side');
    assert.equal(count(wide, 'lanscope '), 1, 'nothing of the old frame is left');
    terminal.press('Enter');
    await terminal.shows(/Device 02:00:00:00:\S+ esc: back/);
    terminal.press('Escape');
    terminal.press('/', '0', '1', ':', '2', 'b', 'Enter');
    await terminal.shows(/of \d+ by traffic[^]*filter: 01:2b/);
    terminal.resize(80, 24);
    await terminal.shows(/filter: 01:2b\s*$/);
    terminal.press('q');
    const end = await terminal.shows(/exit code 0/);
    assert.match(end, /Network score/);
    terminal.assertRestored();
  });

  test('a replay that is over stays until one has seen it', async () => {
    const terminal = await open(100, 30, `replay ${capture} --speed max`);
    await terminal.shows(/■ ended[^]*Devices 300/);
    await sleep(300);
    assert.match(terminal.screen(), /■ ended/);
    terminal.press('C-c');
    await terminal.shows(/exit code 0/);
    terminal.assertRestored();
  });

  test('a signal gives the terminal back, and the report is written', async () => {
    const report = join(folder, 'signal.json');
    const terminal = await open(80, 24, `replay ${capture} -o ${report}`);
    await terminal.shows(/━ Devices \d+/);
    process.kill(terminal.pid, 'SIGTERM');
    await terminal.shows(/report written to [^]*exit code 0/);
    terminal.assertRestored();
  });

  test('a fault of ours gives the terminal back, and is seen', async () => {
    const faulty = join(folder, 'faulty.cjs');
    writeFileSync(faulty, `process.on('SIGUSR2', () => { throw new Error('a fault'); });`);
    const terminal = await open(80, 24, `replay ${capture}`, `NODE_OPTIONS='--require ${faulty}'`);
    await terminal.shows(/━ Devices/);
    process.kill(terminal.pid, 'SIGUSR2');
    await terminal.shows(/a fault[^]*exit code [1-9]/);
    terminal.assertRestored();
  });

  test('when the terminal is gone the report is written all the same', async () => {
    const report = join(folder, 'gone.json');
    const terminal = await open(80, 24, `replay ${capture} -o ${report}`);
    await terminal.shows(/━ Devices \d+/);
    terminal.close();
    for (let waited = 0; spawnSync('test', ['-s', report]).status !== 0; waited += 50) {
      assert.ok(waited < PATIENCE_MS, 'no report');
      await sleep(50);
    }
  });

  test('--headless shows lines, and leaves the keys alone', async () => {
    const terminal = await open(80, 24, `replay ${capture} --speed max --headless`);
    await terminal.shows(/exit code 0/);
    terminal.assertRestored();
  });
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Lines of a full screen that are blank: capture-pane gives one for each. */
function blankLines(screen: string): number {
  return screen
    .split('\n')
    .slice(0, 24)
    .filter((line) => line === '').length;
}
