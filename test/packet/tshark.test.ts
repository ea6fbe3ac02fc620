/** Wireshark as an independent opinion on every packet of the corpus, where it is installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMemory } from '../../src/capture/memory.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { type DecodedRow, rowOf } from './decode-one.ts';

const CORPUS = join(import.meta.dirname, '../../corpus');
const FIELDS = [
  'eth.src',
  'ip.src',
  'ip.dst',
  'ip.len',
  'ip.ttl',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.hlim',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.len',
  'tcp.seq_raw',
  'tcp.window_size_value',
  'udp.srcport',
  'udp.dstport',
  'udp.length',
  'icmp.type',
  'icmpv6.type',
] as const;
type Fields = Record<(typeof FIELDS)[number], string>;

/** First occurrences: those of the outermost headers, not of packets quoted by ICMP. */
function dissect(file: string): Fields[] {
  const { stdout } = spawnSync(
    'tshark',
    [
      '-n',
      '-r',
      file,
      '-T',
      'fields',
      '-E',
      'separator=/t',
      '-E',
      'occurrence=f',
      '-o',
      'ip.defragment:FALSE',
      '-o',
      'ipv6.defragment:FALSE',
      ...FIELDS.flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const values = line.split('\t');
      return Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? ''])) as Fields;
    });
}

async function decode(file: string): Promise<DecodedRow[]> {
  const rows: DecodedRow[] = [];
  for await (const batch of openMemory(readFileSync(file))) {
    decodeHeaders(batch, new IssueCounter());
    for (let i = batch.start; i < batch.count; i++) rows.push(rowOf(batch, i));
  }
  return rows;
}

/** What a row says, in the fields that Wireshark has for its kind of packet. */
function fieldsOf(row: DecodedRow): Partial<Fields> {
  const has = (layer: string): boolean => row.layers.includes(layer);
  return {
    'eth.src': row.srcMac,
    ...(has('ipv4') && {
      'ip.src': row.srcIp,
      'ip.dst': row.dstIp,
      'ip.len': String(row.ipLen),
      'ip.ttl': String(row.ttl),
    }),
    ...(has('ipv6') && { 'ipv6.src': row.srcIp, 'ipv6.dst': row.dstIp, 'ipv6.hlim': String(row.ttl) }),
    ...(has('tcp') && {
      'tcp.srcport': String(row.srcPort),
      'tcp.dstport': String(row.dstPort),
      'tcp.len': String(row.payloadLen),
      'tcp.seq_raw': String(row.tcpSeq),
      'tcp.window_size_value': String(row.tcpWindow),
    }),
    ...(has('udp') && {
      'udp.srcport': String(row.srcPort),
      'udp.dstport': String(row.dstPort),
      'udp.length': String(row.payloadLen + 8),
    }),
    ...(has('icmp') && { 'icmp.type': String(row.srcPort) }),
    ...(has('icmpv6') && { 'icmpv6.type': String(row.srcPort) }),
  };
}

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

for (const name of readdirSync(CORPUS)) {
  const file = join(CORPUS, name, 'capture.pcapng');
  // One frame per encapsulation: which occurrence is the innermost differs from frame to frame.
  if (!existsSync(file) || name === 'encapsulations') continue;
  test(`Wireshark agrees on ${name}`, { skip: hasTshark ? false : 'tshark is not installed' }, async () => {
    const rows = await decode(file);
    const dissected = dissect(file);
    assert.equal(dissected.length, rows.length);
    for (const [i, row] of rows.entries()) {
      const wireshark = dissected[i]!;
      const kind = (prefix: string): boolean =>
        FIELDS.some((f) => f.startsWith(prefix) && wireshark[f] !== '');
      if (!kind('icmp.')) assert.equal(row.layers.includes('tcp'), kind('tcp.'), `packet ${i + 1}`);
      for (const [field, value] of Object.entries(fieldsOf(row))) {
        assert.equal(value, wireshark[field as keyof Fields], `${field} of packet ${i + 1}`);
      }
    }
  });
}
