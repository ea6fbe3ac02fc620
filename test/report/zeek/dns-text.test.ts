import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMemory } from '../../../src/capture/memory.ts';
import { analyzeSource } from '../../../src/engine/analyze.ts';
import { ZeekLogs } from '../../../src/report/zeek/logs.ts';
import { CAMERA, ROUTER, Scene } from '../../detect/scene.ts';
import { be16, bytesOf } from '../../packet/build-frame.ts';
import { labels } from '../../protocol/write.ts';

test('the length of a TXT string is that on the wire, also where it is no UTF-8 or ends in zeros', async () => {
  const strings = [[...Buffer.from('plain')], [0x61, 0xff, 0xfe, 0x62], [0x63, 0, 0]];
  const data = bytesOf(...strings.map((string) => [string.length, ...string]));
  const header = bytesOf(be16(7), be16(0x8180), be16(1), be16(1), be16(0), be16(0));
  const question = bytesOf(labels('t.example'), be16(16), be16(1));
  const answer = bytesOf([0xc0, 12], be16(16), be16(1), [0, 0, 0, 60], be16(data.length), data);
  const scene = new Scene().udp(1, ROUTER, CAMERA, [53, 40_000], bytesOf(header, question, answer));
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-dns-text-'));
  try {
    const outputs = [new ZeekLogs(folder, 'tsv')];
    await analyzeSource(openMemory(scene.pcap()), { version: 'test', outputs });
    const log = readFileSync(join(folder, 'dns.log'), 'utf8');
    assert.match(log, /TXT 5 plain TXT 4 a\ufffd\ufffdb TXT 3 c\t/u);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
