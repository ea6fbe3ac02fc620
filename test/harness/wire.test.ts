/** Replay onto a wire: a pair of virtual interfaces in a network namespace of its own, tcpdump counting at the far end. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCap } from '../../src/capture/live/cap-addon.ts';
import { readReport } from '../../src/report/read.ts';
import { rewriteMacs } from '../../src/harness/replay/send-capture.ts';
import { analyzeFile } from '../engine/analyze-file.ts';
import { ROOT } from '../cli/command.ts';

const capture = join(ROOT, 'corpus/arp-spoof/capture.pcapng');
const folder = mkdtempSync(join(tmpdir(), 'lanscope-wire-'));
const NAMESPACE = `lanscope-wire-${process.pid}`;
let missing = '';

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'ignore' });
}

before(() => {
  try {
    loadCap();
  } catch {
    missing = 'the package cap is not here';
    return;
  }
  if (spawnSync('tcpdump', ['--version']).status !== 0) missing = 'tcpdump is not here';
  else {
    try {
      ip('netns', 'add', NAMESPACE);
      ip('-n', NAMESPACE, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
      for (const name of ['near', 'far']) {
        // No router solicitations of the kernel's own among the frames.
        execFileSync(
          'ip',
          ['netns', 'exec', NAMESPACE, 'sysctl', '-qw', `net.ipv6.conf.${name}.disable_ipv6=1`],
          { stdio: 'ignore' },
        );
        ip('-n', NAMESPACE, 'link', 'set', name, 'up');
      }
    } catch {
      missing = 'network namespaces cannot be made here';
    }
  }
});
after(() => {
  spawnSync('ip', ['netns', 'del', NAMESPACE]);
  rmSync(folder, { recursive: true });
});

async function arrivedSoFar(file: string): Promise<number> {
  return (await analyzeFile(file)).totals.packets;
}

/** What arrives at the far end while `args` are replayed at the near one. */
async function received(
  name: string,
  packets: number,
  ...args: string[]
): Promise<{ file: string; seconds: number }> {
  const file = join(folder, `${name}.pcap`);
  // Small slots and many: a burst finds no room in the few large ones that are usual.
  const inside = ['netns', 'exec', NAMESPACE];
  const dump = spawn(
    'ip',
    [
      ...inside,
      'tcpdump',
      '-i',
      'far',
      '--immediate-mode',
      '-s',
      '2048',
      '-B',
      '16384',
      '-U',
      '-w',
      file,
      '-Q',
      'in',
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await new Promise<void>((resolve) =>
    dump.stderr.on('data', (text: Buffer) => /listening/.test(String(text)) && resolve()),
  );
  const command = [
    ...inside,
    process.execPath,
    '--import',
    'tsx',
    'src/cli/main.ts',
    'replay',
    capture,
    '-i',
    'near',
    ...args,
  ];
  const started = performance.now();
  const child = spawn('ip', command, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(code, 0, stderr);
  const seconds = (performance.now() - started) / 1000;
  // tcpdump may lag behind; what should not have come has a moment to show itself.
  for (let i = 0; i < 50 && (await arrivedSoFar(file)) < packets; i++) await sleep(100);
  await sleep(200);
  const gone = new Promise((resolve) => dump.once('exit', resolve));
  dump.kill('SIGINT');
  await gone;
  return { file, seconds };
}

describe('a capture on a wire', () => {
  test('arrives whole, and says what the capture says', async (t) => {
    if (missing !== '') return t.skip(missing);
    const expected = await analyzeFile(capture);
    const { file } = await received('max', expected.totals.packets, '--speed', 'max');
    const arrived = await analyzeFile(file);
    assert.equal(arrived.totals.packets, expected.totals.packets);
    assert.deepEqual(
      arrived.devices.map(({ id, addresses }) => [id, addresses.map(({ address }) => address)]),
      expected.devices.map(({ id, addresses }) => [id, addresses.map(({ address }) => address)]),
    );
  });

  test('loops, keeps a rate, rewrites addresses', async (t) => {
    if (missing !== '') return t.skip(missing);
    const { totals } = await analyzeFile(capture);
    const { file } = await received(
      'loop',
      2 * totals.packets,
      '--loop',
      '2',
      '--rate',
      '100',
      '--map-mac',
      '00:0c:29:de:ad:01=02:00:00:00:00:99',
    );
    const arrived = await analyzeFile(file);
    assert.equal(arrived.totals.packets, 2 * totals.packets);
    const wanted = (2 * totals.packets - 1) / 100;
    assert.ok(
      Math.abs(arrived.totals.durationSeconds - wanted) < 0.15,
      `${arrived.totals.durationSeconds} s, ${wanted} s wanted`,
    );
    const ids = arrived.devices.map(({ id }) => id);
    assert.ok(ids.includes('02:00:00:00:00:99') && !ids.includes('00:0c:29:de:ad:01'));
  });

  test('heard by live, it has the devices and findings of analyze', async (t) => {
    if (missing !== '') return t.skip(missing);
    const inside = ['netns', 'exec', NAMESPACE, process.execPath, '--import', 'tsx', 'src/cli/main.ts'];
    const file = join(folder, 'live.json');
    const live = spawn('ip', [...inside, 'live', '-i', 'far', '-o', file], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      live.once('exit', () => reject(new Error('live ended')));
      live.stderr.on('data', (text: Buffer) => String(text).includes('capturing on') && resolve());
    });
    const sender = spawn('ip', [...inside, 'replay', capture, '-i', 'near', '-q'], {
      cwd: ROOT,
      stdio: 'ignore',
    });
    assert.equal(await new Promise((resolve) => sender.once('exit', resolve)), 0);
    await sleep(500);
    live.removeAllListeners('exit');
    const gone = new Promise((resolve) => live.once('exit', resolve));
    live.kill('SIGINT');
    await gone;
    const heard = await readReport(file);
    const expected = await analyzeFile(capture);
    const essence = ({ totals, devices, findings }: typeof heard) => ({
      packets: totals.packets,
      devices: devices.map(({ id, addresses }) => [id, addresses.map(({ address }) => address)]),
      // Which episodes there are may depend on when packets arrived; who did what does not.
      findings: [...new Set(findings.map(({ rule, device }) => `${rule} ${device}`))].sort(),
    });
    assert.deepEqual(essence(heard), essence(expected));
  });

  test('not where others may hear it, unless told so', async (t) => {
    if (missing !== '') return t.skip(missing);
    ip('-n', NAMESPACE, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', NAMESPACE, 'link', 'set', 'near', 'master', 'bridge');
    try {
      const args = [
        'netns',
        'exec',
        NAMESPACE,
        process.execPath,
        '--import',
        'tsx',
        'src/cli/main.ts',
        'replay',
        capture,
        '-i',
        'near',
      ];
      const refused = spawnSync('ip', args, { cwd: ROOT, encoding: 'utf8' });
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /without --yes: it is part of a bridge/);
      assert.equal(spawnSync('ip', [...args, '--yes', '--speed', 'max'], { cwd: ROOT }).status, 0);
    } finally {
      ip('-n', NAMESPACE, 'link', 'del', 'bridge');
    }
  });
});

test('MAC addresses are rewritten in the header and in ARP, nowhere else', () => {
  const from = Buffer.from('0a0b0c0d0e0f', 'hex');
  const to = Buffer.from('020000000001', 'hex');
  const macs = new Map([[from.toString('hex'), to]]);
  const frame = Buffer.concat([
    Buffer.alloc(6, 255),
    from,
    Buffer.from('0806', 'hex'),
    Buffer.alloc(8),
    from,
    Buffer.alloc(4),
    from,
    Buffer.alloc(4),
    from,
  ]);
  rewriteMacs(frame, frame.length, macs);
  const at = [...Array(frame.length - 5).keys()].filter((i) => frame.subarray(i, i + 6).equals(to));
  assert.deepEqual(at, [6, 22, 32]);
  const short = Buffer.concat([from, from, Buffer.from('0806', 'hex'), Buffer.alloc(8), from]);
  rewriteMacs(short, short.length, macs);
  assert.ok(short.subarray(22).equals(from), 'a cut ARP message is left alone');
});
