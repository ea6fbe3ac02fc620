/** The logs of the real command, read the way that other tools read them: by column, with awk, as JSON lines. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseConnLog } from '../../scripts/conn-log.ts';
import { IP_A, IP_B, MAC_A, MAC_B, tcpFrame } from '../packet/build-frame.ts';
import { lanscope, ROOT } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanscope-zeek-logs-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const AWARE = { LC_ALL: 'C', PATH: process.env['PATH'] };
const hasAwk = spawnSync('awk', ['BEGIN { exit 0 }']).status === 0;

const REQUESTS = [
  'GET /a%20b?token=secret HTTP/1.1\r\nHost: h\r\nUser-Agent: one\ttwo\\three\r\nReferer: http://h/x?sid=secret\r\n\r\n',
  'POST /form HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi',
];
const ANSWERS = [
  'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\nno!',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
];
const SYN = 2;
const ACK = 16;

/** One connection: two requests, two answers, then a question that nobody answers. */
function capture(): Buffer {
  const frames: Uint8Array[] = [];
  const send = (isClient: boolean, flags: number, seq: number, ack: number, text = ''): void => {
    frames.push(
      tcpFrame(
        { ports: isClient ? [40_000, 80] : [80, 40_000], flags, seq, ack },
        Buffer.from(text, 'latin1'),
        isClient ? {} : { src: IP_B, dst: IP_A, srcMac: MAC_B, dstMac: MAC_A },
      ),
    );
  };
  let c = 100;
  let s = 500;
  send(true, SYN, c++, 0);
  send(false, SYN | ACK, s++, c);
  send(true, ACK, c, s);
  REQUESTS.forEach((request, n) => {
    send(true, ACK, c, s, request);
    c += request.length;
    send(false, ACK, s, c, ANSWERS[n]);
    s += ANSWERS[n]!.length;
  });
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.map((frame, n) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_600_000_000 + n, 0);
    record.writeUInt32LE(n, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([header, ...records]);
}

const logsIn = (name: string): Map<string, string> =>
  new Map(readdirSync(at(name)).map((file) => [file, readFileSync(join(at(name), file), 'utf8')]));

before(async () => {
  writeFileSync(at('http.pcap'), capture());
  const home = join(ROOT, 'corpus/home-lan/capture.pcapng');
  const tunnels = join(ROOT, 'corpus/encapsulations/capture.pcapng');
  const runs = await Promise.all([
    lanscope(['analyze', at('http.pcap'), '-q', '--zeek-logs', at('http')]),
    lanscope(['analyze', home, '-q', '--zeek-logs', at('home')]),
    lanscope(['analyze', home, '-q', '--zeek-logs', at('again')]),
    lanscope(['analyze', home, '-q', '--zeek-logs', at('json'), '--zeek-json']),
    lanscope(['analyze', tunnels, '-q', '--zeek-logs', at('tunnels')]),
  ]);
  for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
});

test('awk reads every log by tabs: as many fields in each row as #fields names', { skip: !hasAwk }, () => {
  const program =
    '/^#fields/ { n = NF - 1 } !/^#/ { rows++; if (NF != n) bad++ } END { print rows + 0, bad + 0 }';
  let files = 0;
  for (const name of ['http', 'home', 'tunnels']) {
    for (const [file, text] of logsIn(name)) {
      const { stdout } = spawnSync('awk', ['-F\t', program], { input: text, env: AWARE, encoding: 'utf8' });
      const [rows, bad] = stdout.trim().split(' ').map(Number);
      assert.equal(bad, 0, `${name}/${file}`);
      assert.equal(rows, text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length);
      assert.ok(rows > 0, `${name}/${file}`);
      files++;
    }
  }
  assert.ok(files >= 6);
});

test('one http.log row a transaction: unset is -, empty is (empty), separators are escaped, no secret', () => {
  const text = logsIn('http').get('http.log')!;
  const rows = parseConnLog(text);
  const columns = ['trans_depth', 'method', 'uri', 'referrer', 'user_agent', 'request_body_len'];
  const answer = ['response_body_len', 'status_code', 'status_msg', 'info_code', 'tags', 'username'];
  const types = ['orig_mime_types', 'resp_mime_types'];
  const values = rows.map((row) => [...columns, ...answer, ...types].map((column) => row[column]));
  assert.deepEqual(values, [
    ['1', 'GET', '/a%20b', 'http://h/x', 'one\\x09two\\x5cthree', '0'].concat(
      ['3', '404', 'Not Found', '-', '(empty)', '-'],
      ['-', 'text/html'],
    ),
    ['2', 'POST', '/form', '-', '-', '2'].concat(
      ['0', '204', 'No Content', '100', '(empty)', '-'],
      ['text/plain', '-'],
    ),
  ]);
  assert.doesNotMatch(text, /secret/);
  const [conn] = parseConnLog(logsIn('http').get('conn.log')!);
  assert.deepEqual([conn!['service'], conn!['history'], conn!['conn_state']], ['http', 'ShADd', 'S1']);
  assert.deepEqual(new Set(rows.map((row) => row['uid'])), new Set([conn!['uid']]));
});

test('every log opens and closes with packet time, and two runs give the same bytes', () => {
  assert.deepEqual(logsIn('again'), logsIn('home'));
  for (const [file, text] of logsIn('http')) {
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(
      lines.filter((line) => line.startsWith('#')).map((line) => line.split(/[\t ]/, 1)[0]),
      [
        '#separator',
        '#set_separator',
        '#empty_field',
        '#unset_field',
        '#path',
        '#open',
        '#fields',
        '#types',
        '#close',
      ],
      file,
    );
    assert.equal(lines[5], '#open\t2020-09-13-12-26-40'.replace('40', file === 'conn.log' ? '40' : '43'));
    assert.equal(lines.at(-1), '#close\t2020-09-13-12-26-46');
  }
});

test('JSON lines have the same rows, with numbers, booleans and lists', () => {
  const json = logsIn('json');
  const tsv = logsIn('home');
  assert.deepEqual([...json.keys()].sort(), [...tsv.keys()].sort());
  for (const [file, text] of json) {
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      rows.map((row) => row['uid']),
      parseConnLog(tsv.get(file)!).map((row) => row['uid']),
      file,
    );
    for (const row of rows) assert.equal(typeof row['ts'], 'number');
  }
});

test('tunnel_parents over UDP are uids of conn.log', () => {
  const rows = parseConnLog(logsIn('tunnels').get('conn.log')!);
  const uids = new Set(rows.map((row) => row['uid']));
  const isTunnel = (row: (typeof rows)[number]): boolean =>
    ['vxlan', 'geneve', 'gtpv1', 'teredo', 'ayiya'].includes(row['service']!);
  const parents = new Set(
    rows.flatMap((row) => (row['tunnel_parents'] === '-' ? [] : row['tunnel_parents']!.split(','))),
  );
  const tunnels = rows.filter(isTunnel);
  assert.ok(tunnels.length >= 4, `${tunnels.length} tunnels`);
  for (const tunnel of tunnels) assert.ok(parents.has(tunnel['uid']!), tunnel['service']);
  assert.ok([...parents].some((uid) => uids.has(uid)));
});
