/** `ssh router tcpdump -w - | lanscope analyze -`, while the pipe is still open, and the options that choose packets. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseReport } from '../../src/report/read.ts';
import type { Report } from '../../src/report/schema.ts';
import { PcapngWriter } from '../capture/write-pcapng.ts';
import { COMMAND, lanscope, ROOT } from './command.ts';
import { tinyCapture } from './tiny-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-pipe-'));
after(() => rmSync(folder, { recursive: true }));

/** More than a pipe holds: when all of it is written, the command reads. */
const DEVICES = 4000;
const RECORD_BYTES = 16 + 60;

function manyPcapng(): Uint8Array {
  const classic = tinyCapture({ devices: DEVICES });
  const writer = new PcapngWriter().section().interface(1, 0);
  const blocks: Uint8Array[] = [];
  for (let at = 24; at < classic.length; at += RECORD_BYTES) {
    const units = BigInt(classic.readUInt32LE(at)) * 1_000_000n;
    const block = new PcapngWriter().enhancedPacket(
      0,
      units,
      classic.subarray(at + 16, at + RECORD_BYTES),
      60,
    );
    blocks.push(block.bytes);
  }
  return Buffer.concat([writer.bytes, ...blocks]);
}

async function stoppedByCtrlC(bytes: Uint8Array): Promise<{ report: Report; stderr: string }> {
  const [program, ...first] = COMMAND;
  const child = spawn(program, [...first, 'analyze', '-', '--json']);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.stdin.on('error', () => {});
  const written = new Promise((resolve) => child.stdin.write(bytes, resolve));
  await Promise.race([written, closed]);
  child.kill('SIGINT');
  assert.equal(await closed, 0, stderr);
  return { report: await parseReport(stdout, 'stdout'), stderr };
}

const pcapng = manyPcapng();
for (const [name, bytes] of [
  ['pcap', tinyCapture({ devices: DEVICES })],
  ['pcapng', pcapng],
  ['pcapng whose last block is still being written', pcapng.subarray(0, -7)],
] as const) {
  test(`Ctrl-C on an open pipe: ${name}`, { timeout: 30_000 }, async () => {
    const { report, stderr } = await stoppedByCtrlC(bytes);
    assert.equal(report.complete, false);
    assert.equal(report.input[0]!.damage, null);
    // What the pipe itself still holds was not read.
    assert.ok(report.totals.packets > 1000 && report.totals.packets <= DEVICES);
    assert.match(stderr, /^lanscope: stopping; [^\n]+\n$/);
  });
}

test('compressed standard input', async () => {
  const { stdout, code } = await lanscope(['analyze', '-', '--json'], { stdin: gzipSync(tinyCapture()) });
  const report = await parseReport(stdout, 'stdout');
  assert.deepEqual([code, report.input[0]!.format, report.totals.packets], [0, 'pcap+gzip', 2]);
});

test('a wrong expression points at the wrong place, and nothing is read', async () => {
  const outcomes = await Promise.all(
    ['tcp prot 5', 'host 300.1.1.1', 'tcp and', '(udp', 'port 99999'].map((expression) =>
      lanscope(['analyze', join(folder, 'absent.pcap'), '--filter', expression]),
    ),
  );
  for (const { code, stdout, stderr } of outcomes) {
    assert.equal(code, 2);
    assert.equal(stdout, '');
    const [message, expression, caret, ...rest] = stderr.split('\n');
    assert.match(message!, /^lanscope: filter: .+/);
    assert.match(caret!, /^ +\^+$/);
    assert.ok(
      caret!.length <= expression!.length + 1,
      'the caret stands below the expression or just behind it',
    );
    assert.deepEqual(rest, ['']);
  }
});

test('--filter, --since, --until and --limit choose packets together', async () => {
  const path = join(ROOT, 'corpus/home-lan/capture.pcapng');
  const totals = async (...options: string[]): Promise<Report['totals']> => {
    const { stdout, stderr, code } = await lanscope(['analyze', path, '--json', ...options]);
    assert.equal(code, 0, stderr);
    return (await parseReport(stdout, 'stdout')).totals;
  };
  const packets = async (...options: string[]): Promise<number> => (await totals(...options)).packets;
  const { packets: all, firstTime } = await totals();
  const middle = String(Date.parse(firstTime!) / 1000 + 10);
  const [tcp, notTcp, early, late, few] = await Promise.all([
    packets('--filter', 'tcp'),
    packets('--filter', 'not tcp'),
    packets('--until', middle),
    packets('--since', middle),
    packets('--filter', 'tcp', '--limit', '7'),
  ]);
  assert.ok(tcp > 0 && notTcp > 0 && early > 0 && late > 0);
  assert.equal(tcp + notTcp, all);
  assert.equal(early + late, all);
  assert.equal(few, 7);
});

test('drops and link types that are not analyzed are told on standard error', async () => {
  const writer = new PcapngWriter().section().interface(1, 0).interface(189, 0);
  writer.enhancedPacket(0, 1_600_000_000_000_000n, tinyCapture().subarray(40, 100), 60);
  writer.enhancedPacket(1, 1_600_000_000_000_000n, new Uint8Array(80), 80);
  writer.statistics(0, [{ code: 5, value: writer.uint64(123n) }]);
  const path = join(folder, 'drops.pcapng');
  writeFileSync(path, writer.bytes);
  const [{ stderr, stdout, code }, flows] = await Promise.all([
    lanscope(['analyze', path]),
    lanscope(['flows', path]),
  ]);
  assert.equal(code, 0);
  assert.equal(flows.stderr, stderr);
  assert.deepEqual(stderr.split('\n'), [
    'lanscope: drops.pcapng states 123 packets lost while capturing',
    'lanscope: drops.pcapng: frames of link type USB_LINUX are counted and not analyzed',
    '',
  ]);
  assert.match(stdout, /00:17:88:00:00:01/);
});
