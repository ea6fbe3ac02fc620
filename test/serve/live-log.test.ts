import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLiveLog, newsLines, statusLine } from '../../src/serve/live-log.ts';
import type { LiveStatus } from '../../src/serve/live.ts';

const STATUS: LiveStatus = {
  packets: 12_345,
  packetsPerSecond: 678,
  devices: 1,
  news: {
    devices: [{ id: '00:11:22:33:44:55', vendor: 'Evil\x1b[31m\nCorp', address: '' }],
    findings: [
      {
        rule: 'port-scan',
        severity: 'medium',
        confidence: 1,
        score: 1,
        device: '',
        peer: '',
        first: { seconds: 0, nanos: 0 },
        last: { seconds: 0, nanos: 0 },
        count: 1,
        summary: 'a scan\r\x1b[2Kof ports',
        evidence: {},
        technique: '',
        packets: [],
      },
    ],
    more: 3,
    findingCount: 4,
  },
};

function logged(isTTY: boolean, use: (log: ReturnType<typeof createLiveLog>) => void): string {
  let text = '';
  const write = (part: string | Uint8Array): boolean => ((text += String(part)), true);
  use(createLiveLog({ write, isTTY, columns: 40 }));
  return text;
}

test('the status line says how it stands', () => {
  assert.equal(statusLine(STATUS), '12,345 packets, 678 packets/s, 1 device, 4 findings');
  assert.equal(newsLines(STATUS).at(-1), 'and 3 more new devices and findings');
});

test('without a terminal there are only lines that stay, and none can move the cursor', () => {
  const text = logged(false, (log) => {
    log.status(STATUS);
    log.stop();
  });
  assert.equal(
    text,
    'new device 00:11:22:33:44:55 (Evil\\x1b[31m\\x0aCorp)\n' +
      'medium port-scan: a scan\\x0d\\x1b[2Kof ports\n' +
      'and 3 more new devices and findings\n',
  );
});

test('on a terminal the status line is one line of its width, and is gone at the end', () => {
  const text = logged(true, (log) => {
    log.status(STATUS);
    log.line('a notice');
    log.stop();
  });
  assert.equal(text.includes('a notice\n\r\x1b[2K12,345 packets, 678 packets/s, 1 dev'), true);
  assert.equal(text.endsWith('\r\x1b[2K'), true);
});
