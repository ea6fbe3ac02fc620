import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { analyze } from '../../../src/engine/analyze.ts';
import { EventFile } from '../../../src/report/events/events.ts';

const CAPTURE = join(import.meta.dirname, '../../../corpus/home-lan/capture.pcapng');
const scratch = mkdtempSync(join(tmpdir(), 'lanscope-events-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Event {
  readonly timestamp: string;
  readonly event_type: string;
  readonly flow_id?: number;
  readonly community_id?: string;
  readonly http?: Readonly<Record<string, unknown>>;
  readonly flow?: { readonly pkts_toserver: number };
}

test('one JSON object a line; flows, devices and findings as many as in the report', async () => {
  const file = join(scratch, 'events.ndjson');
  const { report } = await analyze({ paths: [CAPTURE], outputs: [new EventFile(file)], version: 'test' });
  const events = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  const count = (type: string): number => events.filter((event) => event.event_type === type).length;
  assert.equal(count('flow'), report.totals.flows);
  assert.equal(count('device'), report.devices.length);
  assert.equal(count('finding'), report.findings.length);
  assert.ok(count('dns') > 0 && count('dhcp') > 0 && count('arp') > 0);
  for (const event of events) {
    assert.match(event.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    if (event.event_type === 'flow') assert.match(event.community_id!, /^1:[A-Za-z0-9+/]{27}=$/);
    assert.ok(event.event_type in event, `${event.event_type} has a member of its name`);
  }
  const http = events.filter((event) => event.event_type === 'http').map((event) => event.http!);
  const request = http.find((message) => message['message'] === 'request')!;
  assert.deepEqual(
    [request['hostname'], request['url'], request['http_method'], request['protocol']],
    ['www.example.com', '/index.html', 'GET', 'HTTP/1.1'],
  );
  assert.ok(http.some((answer) => answer['message'] === 'response' && answer['status'] === 200));
  const flows = new Set(events.filter((event) => event.event_type === 'flow').map((event) => event.flow_id));
  for (const event of events) if (event.flow_id !== undefined) assert.ok(flows.has(event.flow_id));
});

test('a file that cannot be written is one clear error', async () => {
  const file = join(scratch, 'absent', 'events.ndjson');
  await assert.rejects(analyze({ paths: [CAPTURE], outputs: [new EventFile(file)], version: 'test' }), {
    code: 'OUTPUT_UNWRITABLE',
    message: `${file} cannot be written: its folder does not exist`,
  });
});

test('a full disk is told in words', { skip: !existsSync('/dev/full') }, async () => {
  await assert.rejects(
    analyze({ paths: [CAPTURE], outputs: [new EventFile('/dev/full')], version: 'test' }),
    {
      code: 'OUTPUT_UNWRITABLE',
      message: '/dev/full cannot be written: the disk is full',
    },
  );
});
