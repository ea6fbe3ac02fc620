import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseReport } from '../../src/report/read.ts';
import { COMMAND, lanscope, ROOT } from './command.ts';
import { tinyCapture } from './tiny-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-analyze-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
mkdirSync(at('captures/inner'), { recursive: true });
mkdirSync(at('none'));
writeFileSync(at('none/readme.txt'), 'no captures here');
writeFileSync(at('lan.pcap'), tinyCapture());
writeFileSync(at('captures/a.pcap'), tinyCapture());
writeFileSync(at('captures/inner/no-extension'), tinyCapture({ devices: 3 }));
writeFileSync(at('captures/notes.txt'), 'left alone');
writeFileSync(at('empty.pcap'), '');
writeFileSync(at('text.pcap'), 'hello, this is no capture at all');
writeFileSync(at('cut.pcap'), tinyCapture({ devices: 3 }).subarray(0, -5));
writeFileSync(at('odd.pcap'), tinyCapture({ linkType: 250 }));
const PORT_SCAN = join(ROOT, 'corpus/port-scan/capture.pcapng');

test('bad usage is told in terms of what was typed, and where to look', async () => {
  const lan = at('lan.pcap');
  const cases: [string[], string][] = [
    [['analize'], "unknown command 'analize'. Did you mean analyze?"],
    [['analyze'], '<capture> is missing: lanscope analyze <capture…>. See `lanscope analyze --help`.'],
    [['analyze', '--bogus', lan], 'unknown option --bogus. See `lanscope analyze --help`.'],
    [['analyze', lan, '--no-such'], 'unknown option --no-such. See `lanscope analyze --help`.'],
    [['analyze', lan, '-o'], '-o needs a value. See `lanscope analyze --help`.'],
    [['analyze', lan, '--db', at('db.json')], '--db needs --save. Nothing is remembered without it.'],
    [['analyze', lan, '--config', 'nofile.json'], 'nofile.json does not exist'],
    [
      ['list', '--report', 'a', '--db', 'b'],
      '--report and --db exclude each other. See `lanscope list --help`.',
    ],
  ];
  const outcomes = await Promise.all(cases.map(([args]) => lanscope(args)));
  for (const [i, { code, stderr }] of outcomes.entries()) {
    assert.deepEqual([code, stderr], [2, `lanscope: ${cases[i]![1]}\n`]);
  }
});

test('-o says that the report was written', async () => {
  const { code, stderr } = await lanscope(['analyze', at('lan.pcap'), '-o', at('told.json')]);
  assert.deepEqual([code, stderr], [0, `lanscope: report written to ${at('told.json')}\n`]);
});

test('tables on standard output, nothing on standard error', async () => {
  const { code, stdout, stderr } = await lanscope(['analyze', at('lan.pcap')]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  for (const part of [
    'lan.pcap',
    '2 packets',
    '2 devices',
    '00:17:88:00:00:01',
    'Philips Lighting',
    '192.168.1.2',
    'of 100',
  ]) {
    assert.ok(stdout.includes(part), part);
  }
});

test('--json is the report, -o writes the same, --quiet prints nothing', async () => {
  const [json, quiet] = await Promise.all([
    lanscope(['analyze', at('lan.pcap'), '--json']),
    lanscope(['analyze', at('lan.pcap'), '-q', '-o', at('out.json'), '--html', at('out.html')]),
  ]);
  const printed = await parseReport(json.stdout, 'stdout');
  const written = await parseReport(readFileSync(at('out.json'), 'utf8'), 'out.json');
  assert.equal(printed.digest, written.digest);
  assert.equal(printed.totals.packets, 2);
  assert.equal(printed.input[0]!.sha256, createHash('sha256').update(tinyCapture()).digest('hex'));
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
  assert.match(
    readFileSync(at('out.html'), 'utf8'),
    /^<!doctype html>[\s\S]*00:17:88:00:00:01[\s\S]*<\/html>\n$/,
  );
});

test('a folder, a glob and standard input are captures too', async () => {
  const [fromFolder, fromGlob, fromPipe, both] = await Promise.all([
    lanscope(['analyze', at('captures'), '--json']),
    lanscope(['analyze', at('cap*/{a,b}.[p]cap'), '--json']),
    lanscope(['analyze', '-', '--json'], { stdin: tinyCapture() }),
    lanscope(['analyze', at('lan.pcap'), '-', '--json'], { stdin: tinyCapture({ devices: 3 }) }),
  ]);
  const inputs = async (text: string) =>
    (await parseReport(text, 'stdout')).input.map(({ name, packets }) => [name, packets]);
  assert.deepEqual(await inputs(fromFolder.stdout), [
    ['a.pcap', 2],
    ['no-extension', 3],
  ]);
  assert.deepEqual(await inputs(fromGlob.stdout), [['a.pcap', 2]]);
  assert.deepEqual(await inputs(fromPipe.stdout), [['-', 2]]);
  assert.deepEqual(await inputs(both.stdout), [
    ['lan.pcap', 2],
    ['-', 3],
  ]);
});

test('bad input is one clear line and exit code 2', async () => {
  const cases: [string, RegExp][] = [
    ['empty.pcap', /empty/],
    ['text.pcap', /not a capture: it looks like text/],
    ['none', /holds no captures/],
    ['missing.pcap', /does not exist/],
    ['miss*.pcap', /no file matches/],
  ];
  const outcomes = await Promise.all(cases.map(([name]) => lanscope(['analyze', at(name)])));
  for (const [i, { code, stdout, stderr }] of outcomes.entries()) {
    const [name, pattern] = cases[i]!;
    assert.equal(code, 2, name);
    assert.equal(stdout, '');
    assert.match(stderr, /^lanscope: [^\n]+\n$/, name);
    assert.match(stderr, pattern);
  }
});

test('a truncated capture: a notice and the report of what was readable; with --strict an error', async () => {
  const [lax, strict, quiet] = await Promise.all([
    lanscope(['analyze', at('cut.pcap')]),
    lanscope(['analyze', at('cut.pcap'), '--strict']),
    lanscope(['analyze', at('cut.pcap'), '--json', '--quiet'].slice(0, 3)),
  ]);
  assert.equal(lax.code, 0);
  assert.match(lax.stdout, /2 devices/);
  assert.match(lax.stderr, /^lanscope: cut\.pcap is damaged at byte 176: [^\n]+\n$/);
  assert.equal(strict.code, 2);
  assert.equal(strict.stdout, '');
  assert.match(strict.stderr, /^lanscope: .*cut\.pcap is damaged at byte 176[^\n]+\n$/);
  assert.equal((await parseReport(quiet.stdout, 'stdout')).input[0]!.damage!.offset, 176);
});

test('frames of an unknown link type are counted and told', async () => {
  const { code, stdout } = await lanscope(['analyze', at('odd.pcap')]);
  assert.equal(code, 0);
  assert.match(stdout, /2 packets/);
  assert.match(stdout, /capture\/unknown-link-type/);
});

test('--fail-on is a gate', async () => {
  const [hit, miss] = await Promise.all([
    lanscope(['analyze', PORT_SCAN, '--fail-on', 'info']),
    lanscope(['analyze', at('lan.pcap'), '--fail-on', 'critical']),
  ]);
  assert.equal(hit.code, 1);
  assert.match(hit.stderr, /lanscope: \d+ findings? of severity info or above/);
  assert.match(hit.stdout, /port-scan/, 'the result is shown all the same');
  assert.equal(miss.code, 0, miss.stderr);
});

test('packets can be chosen by number and time', async () => {
  const [limited, since, wrong] = await Promise.all([
    lanscope(['analyze', at('lan.pcap'), '--limit', '1', '--json']),
    lanscope(['analyze', at('lan.pcap'), '--since', '2020-09-13T12:26:41Z', '--json']),
    lanscope(['analyze', at('lan.pcap'), '--since', 'yesterday']),
  ]);
  assert.equal((await parseReport(limited.stdout, 'r')).totals.packets, 1);
  assert.equal((await parseReport(since.stdout, 'r')).devices[0]!.id, '00:17:88:00:00:02');
  assert.match(wrong.stderr, /^lanscope: --since 'yesterday' is not a time\. Write it as [^\n]+\n$/);
  assert.equal(wrong.code, 2);
});

test('--save remembers, list shows it, saving again counts nothing twice', async () => {
  const db = at('db.json');
  for (let i = 0; i < 2; i++)
    assert.equal((await lanscope(['analyze', at('lan.pcap'), '--save', '--db', db, '-q'])).code, 0);
  const { stdout } = await lanscope(['list', '--db', db, '--json']);
  const devices = JSON.parse(stdout) as { id: string; traffic: { packetsOut: number } }[];
  assert.deepEqual(
    devices.map(({ id, traffic }) => [id, traffic.packetsOut]),
    [
      ['00:17:88:00:00:01', 1],
      ['00:17:88:00:00:02', 1],
    ],
  );
});

test('an output that cannot be written is told before the work is done', async () => {
  const { code, stderr } = await lanscope(['analyze', at('lan.pcap'), '-o', at('no/folder/report.json')]);
  assert.equal(code, 3);
  assert.match(stderr, /^lanscope: .* cannot be written: its folder does not exist\n$/);
});

test('diff: same is 0, different is 1, bad input is 2; captures and reports mix', async () => {
  await lanscope(['analyze', at('lan.pcap'), '-q', '-o', at('base.json')]);
  const [same, different, markdown, bad] = await Promise.all([
    lanscope(['diff', at('base.json'), at('lan.pcap')]),
    lanscope(['diff', at('base.json'), at('captures/inner/no-extension')]),
    lanscope([
      'diff',
      at('base.json'),
      at('captures/inner/no-extension'),
      '--markdown',
      '--ignore',
      'new-device',
      'total',
    ]),
    lanscope(['diff', at('base.json'), at('missing.json')]),
  ]);
  assert.equal(same.code, 0, same.stderr + same.stdout);
  assert.match(same.stdout, /no difference/);
  assert.equal(different.code, 1, different.stderr);
  assert.match(different.stdout, /\+ 00:17:88:00:00:03/);
  assert.match(markdown.stdout, /^### lanscope: what changed\n/);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /^lanscope: [^\n]*missing\.json does not exist[^\n]*\n$/);
});

test('verify: a report without the hashes of its inputs is verified without', async () => {
  await lanscope(['analyze', at('lan.pcap'), '-q', '--no-hash', '-o', at('unhashed.json')]);
  const { input } = await parseReport(readFileSync(at('unhashed.json'), 'utf8'), 'unhashed.json');
  assert.equal(input[0]!.sha256, '');
  const { code, stdout } = await lanscope(['verify', at('unhashed.json'), at('lan.pcap')]);
  assert.match(stdout, /^SAME/);
  assert.equal(code, 0);
});

test('verify: the same capture gives the same digest; an altered report or capture does not', async () => {
  await lanscope(['analyze', at('lan.pcap'), '-q', '-o', at('held.json')]);
  const report = readFileSync(at('held.json'), 'utf8');
  writeFileSync(at('altered.json'), report.replace('"packets": 2', '"packets": 3'));
  const [same, other, altered] = await Promise.all([
    lanscope(['verify', at('held.json'), at('lan.pcap')]),
    lanscope(['verify', at('held.json'), at('captures/inner/no-extension')]),
    lanscope(['verify', at('altered.json'), at('lan.pcap')]),
  ]);
  assert.deepEqual([same.code, same.stdout.slice(0, 5)], [0, 'SAME:'], same.stderr);
  assert.deepEqual([other.code, other.stdout.slice(0, 10)], [1, 'DIFFERENT:']);
  assert.equal(altered.code, 1);
  assert.match(altered.stdout, /was altered/);
});

test('verify: a capture that was moved and renamed is the same, and its name is told', async () => {
  const order = ['lan.pcap', 'captures/inner/no-extension'];
  await Promise.all([
    lanscope(['analyze', at('lan.pcap'), '-q', '-o', at('one.json')]),
    lanscope(['analyze', ...order.map(at), '-q', '-o', at('two.json')]),
  ]);
  mkdirSync(at('moved'));
  writeFileSync(at('moved/b.pcap'), readFileSync(at(order[0]!)));
  writeFileSync(at('moved/a.pcap'), readFileSync(at(order[1]!)));
  const [renamed, piped, folder, other] = await Promise.all([
    lanscope(['verify', at('one.json'), at('moved/b.pcap')]),
    lanscope(['verify', at('one.json'), '-'], { stdin: tinyCapture() }),
    // Its captures come in the order of their names, which is now the other one.
    lanscope(['verify', at('two.json'), at('moved')]),
    lanscope(['verify', at('one.json'), at('moved/a.pcap')]),
  ]);
  assert.match(renamed.stdout, /^SAME: [0-9a-f]{64}\nlan\.pcap in the report is b\.pcap here\n$/);
  assert.equal(renamed.code, 0);
  assert.match(piped.stdout, /^SAME: [0-9a-f]{64}\nlan\.pcap in the report is - here\n$/);
  assert.match(
    folder.stdout,
    /^SAME: [0-9a-f]{64}\nlan\.pcap in the report is b\.pcap here\nno-extension in the report is a\.pcap here\n$/,
  );
  assert.equal(other.code, 1);
  assert.match(
    other.stdout,
    /^DIFFERENT: .+\nlan\.pcap in the report is a\.pcap here\n\n.*lan\.pcap\n +to a\.pcap\n/,
  );
});

test('a reader that leaves early ends the command without a word', async () => {
  const [program, ...first] = COMMAND;
  const child = spawn(program, [...first, 'analyze', at('lan.pcap'), '--json']);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(stderr, '');
  assert.equal(code, 0);
});

test('Ctrl-C ends reading, and what was read is reported', { timeout: 20_000 }, async () => {
  const [program, ...first] = COMMAND;
  const child = spawn(program, [...first, 'analyze', '-', '--json']);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.stdin.on('error', () => {});
  // More than a pipe holds: when all is written the command reads. The pipe stays open, as that of a running tcpdump.
  const written = new Promise((resolve) => child.stdin.write(tinyCapture({ devices: 4_000 }), resolve));
  await Promise.race([written, closed]);
  child.kill('SIGINT');
  assert.equal(await closed, 0, stderr);
  const report = await parseReport(stdout, 'stdout');
  assert.equal(report.complete, false);
  assert.match(stderr, /^lanscope: stopping; [^\n]+\n/);
});

test('flows: a table, CSV and JSON of the same connections', async () => {
  const [table, csv, json, filtered] = await Promise.all([
    lanscope(['flows', PORT_SCAN, '--top', '3']),
    lanscope(['flows', PORT_SCAN, '--top', '3', '--csv']),
    lanscope(['flows', PORT_SCAN, '--top', '3', '--json', '--sort', 'start']),
    lanscope(['flows', PORT_SCAN, '--filter', 'arp']),
  ]);
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /^[\d,]+ flows, 3 shown\n/);
  assert.equal(csv.stdout.split('\r\n').length, 5);
  const rows = JSON.parse(json.stdout) as { flow: number; proto: string; history: string }[];
  assert.deepEqual(
    rows.map(({ flow }) => flow),
    [1, 2, 3],
  );
  assert.equal(filtered.stdout, '0 flows\n');
});

test('a wrong filter shows where', async () => {
  const { code, stderr } = await lanscope(['flows', PORT_SCAN, '--filter', 'tcp porty 5']);
  assert.equal(code, 2);
  assert.match(stderr, /^lanscope: filter: [^\n]+\n +tcp porty 5\n +\^\n$/);
});

test('Zeek logs and events beside the report', async () => {
  const { code, stderr } = await lanscope([
    'analyze',
    PORT_SCAN,
    '-q',
    '--zeek-logs',
    at('zeek'),
    '--events',
    at('events.ndjson'),
  ]);
  assert.equal(code, 0, stderr);
  assert.match(readFileSync(at('zeek/conn.log'), 'utf8'), /^#separator \\x09\n/);
  const events = readFileSync(at('events.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event_type: string });
  for (const type of ['flow', 'device', 'finding'])
    assert.ok(
      events.some(({ event_type }) => event_type === type),
      type,
    );
});
