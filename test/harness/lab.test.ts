/** The laboratory records one attack with its truth, and the score of that recording finds it. Needs root and programs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { isInstalled, plan } from '../../scripts/lab/plan.ts';
import { ATTACKS } from '../../scripts/lab/attacks.ts';
import { Lab } from '../../scripts/lab/lab.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { analyze } from '../../src/engine/analyze.ts';
import { readTruths } from '../../src/harness/detection-truth.ts';
import { DetectionScorer } from '../../src/harness/score-detections.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { compileFilter } from '../../src/packet/filter/compile.ts';
import { IssueCounter } from '../../src/packet/issue.ts';

const ROOT = join(import.meta.dirname, '../..');
const NEEDED = [
  ...['ip', 'tcpdump', 'dnsmasq', 'busybox', 'openssl', 'ssh-keygen', 'ethtool', 'sysctl', 'nmap'],
  '/usr/bin/python3',
];

function missing(): string | false {
  if (process.getuid?.() !== 0) return 'needs root: it makes network namespaces';
  if (!existsSync('/run/netns') && !existsSync('/proc/self/ns/net')) return 'no network namespaces here';
  const absent = NEEDED.filter((tool) => !(tool.startsWith('/') ? existsSync(tool) : isInstalled(tool)));
  return absent.length > 0 ? `not installed: ${absent.join(', ')}` : false;
}

test('every attack is planned once, whatever the seed, and those that break the network end their day', () => {
  for (const seed of [1, 2, 11]) {
    const days = plan(seed, []);
    const planned = days.flatMap(({ attacks }) => attacks);
    assert.equal(new Set(planned).size, planned.length);
    assert.ok(planned.every((name) => ATTACKS.some((attack) => attack.name === name)));
    for (const { attacks } of days) {
      const breaking = attacks.filter(
        (name) => ATTACKS.find((attack) => attack.name === name)!.last === true,
      );
      assert.ok(breaking.length <= 1);
      if (breaking.length === 1) assert.equal(attacks.at(-1), breaking[0]);
    }
  }
  assert.deepEqual(plan(1, []), plan(1, []));
});

test(
  'two laboratories at once record what each of them sees, to the last packet',
  { skip: missing() },
  async () => {
    const numbers = [1, 2];
    const counted = await Promise.all(
      numbers.map(async (number) => {
        const lab = new Lab();
        try {
          lab.addHost('a', { mac: '02:00:5e:00:00:0a', address: '10.0.0.1/24' });
          lab.addHost('b', { mac: '02:00:5e:00:00:0b', address: '10.0.0.2/24' });
          lab.run('a', ['ip', 'neigh', 'add', '10.0.0.2', 'lladdr', '02:00:5e:00:00:0b', 'dev', 'eth0']);
          const file = join(lab.folder, 'raw.pcap');
          const stop = await lab.record(file);
          const send = `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(${number * 100}): s.sendto(b'x', ('10.0.0.2', 9))`;
          await lab.attempt('a', ['/usr/bin/python3', '-c', send]);
          await stop();
          return await countDatagrams(file);
        } finally {
          await lab.close();
        }
      }),
    );
    assert.deepEqual(
      counted,
      numbers.map((number) => number * 100),
    );
  },
);

test('a recorded scan is in the truth, with its packets, and is found', { skip: missing() }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-lab-test-'));
  const before = namespaces();
  try {
    const run = ['--import', 'tsx', 'scripts/lab/run.ts', '--seed', '7', '-o', folder];
    await promisify(execFile)(process.execPath, [...run, '--only', 'nmap-syn', '--quick'], {
      cwd: ROOT,
      timeout: 90_000,
    });
    const [recorded] = readTruths([folder]);
    assert.ok(recorded !== undefined);
    const [episode] = recorded.episodes;
    assert.ok(episode?.name === 'nmap-syn' && (episode.packets?.count ?? 0) >= 150);
    const { report } = await analyze({ paths: [recorded.capture], version: 'test' });
    const scorer = new DetectionScorer('medium');
    scorer.add(recorded.name, report, recorded.episodes);
    const { recall, alarmRecall, falselyAlarmed } = scorer.score();
    assert.deepEqual([recall, alarmRecall, falselyAlarmed], [1, 1, []]);
    const found = report.findings.find(({ rule }) => rule === 'port-scan')!;
    assert.ok(
      found.packets.every((number) => number >= episode.packets!.first && number <= episode.packets!.last),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  const orphans = namespaces().filter(
    (name) => !before.includes(name) && !existsSync(`/proc/${ownerOf(name)}`),
  );
  assert.deepEqual(orphans, [], 'what it made is removed');
});

async function countDatagrams(file: string): Promise<number> {
  const wanted = compileFilter('udp dst port 9 and ip src 10.0.0.1');
  const issues = new IssueCounter();
  const source = openCaptures([file]);
  let count = 0;
  for await (const batch of source) {
    decodeHeaders(batch, issues);
    for (let i = 0; i < batch.count; i++) if (wanted(batch, i)) count++;
  }
  await source.close();
  return count;
}

function namespaces(): string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns') : [];
}

/** Process that made a namespace of a laboratory; `self` for any other. */
function ownerOf(namespace: string): string {
  return /^lab(\d+)-/.exec(namespace)?.[1] ?? 'self';
}
