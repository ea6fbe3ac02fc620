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
import type { Report } from '../../src/report/schema.ts';
import { changedFields } from '../../src/harness/changed-fields.ts';
import { analyzeFile } from '../engine/analyze-file.ts';
import { COMMAND, ROOT } from '../cli/command.ts';

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

/**
 * What is another for frames that come now, from an interface: the source itself, when something was, the hash of a
 * finding (it covers its times), and how long all took by some milliseconds. All else has to be the same.
 */
const isOfTime =
  /^(?:digest|run\b|input\b|totals\.(?:first|last)Time|totals\.durationSeconds|devices\[[^\]]*\](?:\.addresses\[[^\]]*\])?\.(?:first|last)Seen|findings\[[^\]]*\]\.(?:id|firstTime|lastTime)$)/;

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
  const command = [...inside, ...COMMAND, 'replay', capture, '-i', 'near', ...args];
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
      '--map-ip',
      '192.168.77.0/24=10.9.8.0/24',
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
    const addresses = arrived.devices.flatMap((device) => device.addresses.map(({ address }) => address));
    assert.ok(addresses.includes('10.9.8.1') && !addresses.some((text) => text.startsWith('192.168.77.')));
  });

  test('heard by live, it has every device, identity, flow count and finding of analyze', async (t) => {
    if (missing !== '') return t.skip(missing);
    const inside = ['netns', 'exec', NAMESPACE, ...COMMAND];
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
    const [heard, expected] = (await Promise.all([readReport(file), analyzeFile(capture)])).map(
      (report) => JSON.parse(JSON.stringify(report)) as typeof report,
    ) as [Report, Report];
    assert.equal(heard.complete, true);
    assert.ok(expected.findings.length >= 2 && expected.devices.length >= 3);
    const changed = changedFields(expected, heard).filter(({ path }) => !isOfTime.test(path));
    assert.deepEqual(changed, []);
  });

  test('not where others may hear it, unless told so', async (t) => {
    if (missing !== '') return t.skip(missing);
    ip('-n', NAMESPACE, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', NAMESPACE, 'link', 'set', 'near', 'master', 'bridge');
    try {
      const args = ['netns', 'exec', NAMESPACE, ...COMMAND, 'replay', capture, '-i', 'near'];
      const refused = spawnSync('ip', args, { cwd: ROOT, encoding: 'utf8' });
      assert.equal(refused.status, 2);
      assert.match(refused.stderr, /without --yes: it is part of a bridge/);
      assert.equal(spawnSync('ip', [...args, '--yes', '--speed', 'max'], { cwd: ROOT }).status, 0);
    } finally {
      ip('-n', NAMESPACE, 'link', 'del', 'bridge');
    }
  });
});
