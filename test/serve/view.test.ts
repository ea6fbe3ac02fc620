import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { openMemory } from '../../src/capture/memory.ts';
import { LiveView } from '../../src/engine/live-view.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { cellWidth } from '../../src/report/terminal/cell.ts';
import { createCanvas } from '../../src/serve/view/canvas.ts';
import { LEAST, makeFrame } from '../../src/serve/view/frame.ts';
import type { ViewModel } from '../../src/serve/view/model.ts';
import { History, sparkline } from '../../src/serve/view/sparkline.ts';
import { FIRST_STATE, type Key, press, type ViewState } from '../../src/serve/view/state.ts';
import { makeTheme } from '../../src/serve/view/theme.ts';
import { wireBytes } from './memory-wire.ts';

/** What a device may call itself. */
const HOSTILE = [
  '\u001b]0;owned\u0007\u001b[2J\u001b[31m',
  'line\nbreak\r\ttab',
  '\u202eright to left',
  '漢字の名前'.repeat(20),
  'e\u0301\u0301\u0301\u0301 👩‍👩‍👧‍👦 🏳️‍🌈',
  '\u0000\u009b2J',
  'x'.repeat(5000),
];

async function viewOf(bytes: Uint8Array): Promise<LiveView> {
  const pipeline = new Pipeline({ config: DEFAULT_CONFIG, selection: null, outputs: [] });
  for await (const batch of openMemory(bytes)) pipeline.process(batch);
  const view = new LiveView(pipeline);
  view.refresh(1);
  for (const [i, name] of HOSTILE.entries()) view.lines[i]!.name = name;
  view.lines[8]!.findings = 1;
  return view;
}

function modelOf(view: LiveView | null, notice = ''): ViewModel {
  const rates = new History(64);
  for (let i = 0; i < 30; i++) rates.push(i * i);
  return {
    title: HOSTILE[0]!,
    state: 'running',
    elapsedSeconds: 3725,
    view,
    packetRates: rates,
    bitRates: rates,
    notice,
  };
}

const plainTheme = makeTheme(false);
const plain = (model: ViewModel, state: ViewState, columns: number, rows: number): string[] =>
  makeFrame(model, state, columns, rows, plainTheme, false).lines.map((text) =>
    stripVTControlCharacters(text),
  );
const key = (text: string, name: Key['name'] = ''): Key => ({ text, name });

describe('the terminal view', () => {
  let view: LiveView;
  before(async () => {
    view = await viewOf(wireBytes(300));
  });

  test('fills every size exactly, whatever devices call themselves and whatever is shown', () => {
    const state = fc.record({
      pane: fc.constantFrom('devices' as const, 'findings' as const),
      sort: fc.constantFrom('traffic' as const, 'rate' as const, 'name' as const, 'findings' as const),
      filter: fc.constantFrom('', '02:', 'nothing has this', ...HOSTILE),
      isTyping: fc.boolean(),
      isHelp: fc.boolean(),
      isDetail: fc.boolean(),
      scroll: fc.nat(50),
      chosen: fc.constant({ devices: '02:00:00:00:00:03', findings: '' }),
    });
    const notice = fc.constantFrom('', ...HOSTILE);
    const columns = fc.integer({ min: LEAST.columns, max: 240 });
    const rows = fc.integer({ min: LEAST.rows, max: 80 });
    fc.assert(
      fc.property(state, notice, columns, rows, fc.boolean(), (chosen, text, width, height, color) => {
        const { lines } = makeFrame(modelOf(view, text), chosen, width, height, makeTheme(color), color);
        assert.equal(lines.length, height);
        for (const styled of lines) {
          // Select Graphic Rendition is all that a frame may hold beside text.
          const text = styled.replaceAll(/\u001b\[\d+m/g, '');
          assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          assert.ok(cellWidth(text) <= width, `${cellWidth(text)} columns of ${width}: ${text}`);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a device is called by the name that its report will have', async () => {
    const pipeline = new Pipeline({ config: DEFAULT_CONFIG, selection: null, outputs: [] });
    for await (const batch of openMemory(wireBytes(3))) pipeline.process(batch);
    const name = 'workstation [02:00:00:00:00:01]';
    const seen = { source: 'mdns' };
    pipeline.devices.devices[0]!.names.set('a', { ...seen, name });
    const named = new LiveView(pipeline);
    named.refresh(1);
    assert.equal(named.lines[0]!.name, 'workstation');
  });

  test('at 80x24 shows traffic, devices, findings and keys', () => {
    const lines = plain(modelOf(view), FIRST_STATE, 80, 24);
    assert.match(lines[0]!, /^ lanscope .*300 packets, 13\.8 kB.*capturing 01:02:05/);
    assert.match(lines[1]!, /pkt\/s .*█.*bit\/s .*█/);
    assert.match(lines[2]!, /^━ Devices 300 by traffic ━+$/);
    assert.match(lines[3]!, /Device +What it is +Name +Traffic +Now/);
    assert.match(lines[4]!, /^▸ /);
    assert.ok(lines.some((text) => /^─ Findings \d+ ─+$/.test(text)));
    assert.match(lines[23]!, /q quit {2}\? help/);
  });

  test('at 80x24 nothing of the keys is cut, and a long notice takes the lines that it needs', () => {
    const help = plain(modelOf(view), { ...FIRST_STATE, isHelp: true }, 80, 24);
    assert.ok(!help.slice(2, -1).join('').includes('…'), help.join('\n'));
    assert.match(help.join('\n'), /kind or rule *\n/);
    const notice =
      'Recording cannot be written: the disk is full; recording pauses, the analysis goes on. '.repeat(2);
    const noticed = plain(modelOf(view, `${notice}END`), FIRST_STATE, 80, 24);
    assert.equal(noticed.length, 24);
    assert.match(noticed.slice(-4, -1).join('\n'), /Recording cannot[^]*END/);
    const filtered = plain(modelOf(view), { ...FIRST_STATE, filter: '02:00:00:00:00:03-and-more' }, 80, 24);
    assert.match(filtered[23]!, /enter detail .*q quit {2}\? help +filter: 02:00:00:00:00:03-and-m…/);
  });

  test('what is too small says so', () => {
    assert.match(plain(modelOf(view), FIRST_STATE, 30, 5)[0]!, /at least 60x12/);
  });

  test('keys move, filter, sort and open what is known, with the evidence', () => {
    const model = modelOf(view);
    let state = FIRST_STATE;
    const type = (...keys: Key[]): string => {
      for (const pressed of keys) {
        state = press(state, pressed, makeFrame(model, state, 100, 40, plainTheme, false).extent);
      }
      return plain(model, state, 100, 40).join('\n');
    };
    assert.match(type(key('j'), key('', 'down'), key('k')), /▸ +02:00:00:00:00:00/);
    assert.match(type(key('G')), /▸ +02:00:00:00:01:2b/);
    assert.match(
      type(key('', 'enter')),
      /Device 02:00:00:00:01:2b esc: back[^]*(?:How it is known|What is open)/,
    );
    assert.match(type(key('', 'escape'), key('g')), /▸/);
    const filtered = type(
      key('/'),
      key('0'),
      key('1'),
      key(':2a'),
      key('q'),
      key('', 'backspace'),
      key('', 'enter'),
    );
    assert.match(filtered, /Devices 1 of 300 by traffic[^]*▸ +02:00:00:00:01:2a/);
    assert.match(filtered, /filter: 01:2a/);
    assert.match(type(key('', 'escape'), key('s'), key('s')), /Devices 300 by name/);
    assert.match(type(key('', 'tab')), /━ Findings/);
    assert.match(type(key('?')), /Keys/);
    assert.doesNotMatch(type(key('x')), /Keys/, 'any key closes help');
  });

  test('the choice stays with its device when the order changes', () => {
    const chosen = { ...FIRST_STATE, chosen: { devices: '02:00:00:00:00:09', findings: '' } };
    for (const sort of ['traffic', 'newest', 'findings'] as const) {
      const text = plain(modelOf(view), { ...chosen, sort }, 100, 30).find((line) => line.startsWith('▸'));
      assert.match(text ?? '', /02:00:00:00:00:09/, sort);
    }
  });

  test('before the first packet it says that it waits', () => {
    assert.ok(
      plain(modelOf(null), FIRST_STATE, 80, 24).some((text) => text.includes('Waiting for the first packet')),
    );
  });
});

test('sparklines: the largest fills the height, anything above zero shows', () => {
  assert.deepEqual(sparkline([0, 0.001, 4, 8], 1), [' ▁▄█']);
  assert.deepEqual(sparkline([0, 0], 2), ['  ', '  ']);
  assert.deepEqual(sparkline([4, 8], 2), [' █', '██']);
  const history = new History(4);
  for (let i = 1; i <= 6; i++) history.push(i);
  assert.deepEqual(history.last(6), [0, 0, 3, 4, 5, 6]);
});

test('the canvas paints what changed, and all of it after a resize', () => {
  let written = '';
  const canvas = createCanvas({
    columns: 10,
    rows: 3,
    write: (text: string | Uint8Array) => ((written += String(text)), true),
  });
  const painted = (frame: string): string => {
    written = '';
    canvas.stream.write(frame);
    return written;
  };
  assert.equal(painted('a\nb'), '\u001b[2J\u001b[1;1H\u001b[2Ka\u001b[2;1H\u001b[2Kb');
  assert.equal(painted('a\nc'), '\u001b[2;1H\u001b[2Kc');
  assert.equal(painted('a\nc'), '');
  assert.equal(painted('a'), '\u001b[2;1H\u001b[2K');
  canvas.invalidate();
  assert.equal(painted('a'), '\u001b[2J\u001b[1;1H\u001b[2Ka');
  canvas.close();
  assert.equal(painted('z'), '');
});
