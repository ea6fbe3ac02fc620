import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { cellWidth, fitCell, safeText, shareColumns, wrapCell } from '../../src/report/terminal/cell.ts';
import { renderDeviceDetail } from '../../src/report/terminal/device-detail.ts';
import { inputNotices } from '../../src/report/terminal/notices.ts';
import { renderReport } from '../../src/report/terminal/render.ts';
import { sampleCamera, sampleDevice, sampleFinding, sampleReport, sampleSource } from './sample.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '\u001b[2J\u001b]0;x\u0007',
    '\u202eevil',
    '日本語テレビ'.repeat(9),
    '👨‍👩‍👧👍🏽',
    'กำลัง',
    'a\tb\nc\rd',
    '┌─┐│',
    '\ud800x',
  ),
);
const all = { color: false, maxDevices: 50, maxFindings: 50 };

test('text from the wire cannot leave its cell', () => {
  fc.assert(
    fc.property(
      hostile,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (text, width, maxLines) => {
        const safe = safeText(text);

        assert.doesNotMatch(safe, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        assert.ok(cellWidth(fitCell(safe, width)) <= width);
        const lines = wrapCell(safe, width, maxLines);
        assert.ok(lines.length <= maxLines);
        for (const line of lines) assert.ok(cellWidth(line) <= width, JSON.stringify(line));
      },
    ),
  );
});

test('no name moves a border, at any width', () => {
  fc.assert(
    fc.property(
      hostile,
      hostile,
      fc.integer({ min: 80, max: 200 }),
      fc.boolean(),
      (name, summary, width, color) => {
        const device = sampleDevice(
          '02:00:00:00:00:01',
          { names: new Map([['n', { name, source: 'mdns' }]]) },
          { vendor: name },
        );
        const report = sampleReport({
          devices: [sampleCamera(), device],
          findings: [sampleFinding({ summary })],
          score: { value: 10, reasons: [{ summary, points: 90 }] },
        });
        const lines = renderReport(report, { ...all, width, color }).split('\n');
        let tableWidth = 0;
        for (const line of lines) {
          assert.ok(stringWidth(line) <= width, `${stringWidth(line)} > ${width}: ${line}`);
          if (line.startsWith('┌')) tableWidth = stringWidth(line);
          if (line.startsWith('│')) {
            assert.equal(stringWidth(line), tableWidth, line);
            assert.ok(line.endsWith('│'));
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('nothing that a device says moves a border of its own page, at any width', () => {
  fc.assert(
    fc.property(hostile, hostile, fc.integer({ min: 80, max: 200 }), (name, value, width) => {
      const facts = sampleDevice(
        '02:00:00:00:00:01',
        {
          names: new Map([['n', { name, source: 'mdns' }]]),
          fingerprints: new Map([['http-user-agent', new Set([value, name, 'curl/8.0'])]]),
        },
        { links: [{ device: '02:00:00:00:00:02', kind: 'changed-address', reason: `the name ${name}` }] },
      );
      const report = sampleReport({ devices: [facts], findings: [] });
      const lines = renderDeviceDetail(report.devices[0]!, [], { width, color: false }).split('\n');
      let tableWidth = 0;
      for (const line of lines) {
        assert.ok(stringWidth(line) <= width, `${stringWidth(line)} > ${width}: ${line}`);
        if (line.startsWith('┌')) tableWidth = stringWidth(line);
        if (line.startsWith('│')) assert.equal(stringWidth(line), tableWidth, line);
      }
      assert.ok(lines.some((line) => line.startsWith('│ http-user-agent ')));
      assert.ok(lines.some((line) => line.startsWith('Same device   02:00:00:00:00:02')));
    }),
    { numRuns: 60 },
  );
});

test('safe text keeps what people can read', () => {
  for (const text of ['Küche', '日本語テレビ', 'Anna’s 📱', 'Гостиная', 'e\u0301'])
    assert.equal(safeText(text), text);
  assert.equal(safeText('a\u001b[31m'), 'a\\x1b[31m');
});

test('columns share what there is; the widest give way', () => {
  assert.deepEqual(shareColumns([5, 6, 7], [5, 5, 5], 40), [5, 6, 7]);
  assert.deepEqual(shareColumns([5, 40, 40], [5, 10, 10], 35), [5, 15, 15]);
  assert.deepEqual(shareColumns([5, 8, 40], [5, 5, 10], 30), [5, 8, 17]);
  assert.deepEqual(shareColumns([20, 20], [15, 15], 10), [15, 15]);
});

test('colour appears only when asked for', () => {
  const report = sampleReport();
  assert.doesNotMatch(renderReport(report, { ...all, width: 80 }), /\u001b/);
  assert.match(renderReport(report, { ...all, width: 80, color: true }), /\u001b\[31mhigh\u001b\[39m/);
});

test('a person sees packets, bytes, span, speed, identity, findings, score and issues', () => {
  for (const width of [80, 160]) {
    const text = renderReport(sampleReport(), { ...all, width });
    for (const part of [
      'lan.pcap',
      '42 packets',
      '66.7 kB',
      '59.9 s from 2020-09-13 12:26:40 UTC',
      '3.5 k packets/s',
      'b0:c5:54:00:00:01',
      'D-Link International',
      'D-Link DCS-930L',
      'camera',
      '93 %',
      '192.168.1.20 +1',
      'local or random MAC',
      'unknown',
      'high',
      'port-scan (T1046)',
      '75 of 100',
      '−25 A device scans ports.',
      'ipv4/bad-version',
      'first in packet 7',
    ]) {
      assert.ok(text.includes(part), `${part} at ${width} columns`);
    }
  }
});

test('rows beyond the bound are counted', () => {
  const text = renderReport(sampleReport(), { width: 80, color: false, maxDevices: 1, maxFindings: 0 });
  assert.match(text, /and 1 more device in the report/);
  assert.match(text, /and 1 more finding in the report/);
});

test('damage is told in one line', () => {
  const damage = { offset: 1234, reason: 'record longer than the file', bytesLost: 2000, resynchronised: 0 };
  const inputs = [{ info: sampleSource({ name: 'x\u001b.pcap', damage }), first: null, last: null }];
  assert.deepEqual(inputNotices(sampleReport({ inputs }).input[0]!), [
    'x\\x1b.pcap is damaged at byte 1,234: record longer than the file; reading stopped there, 2,000 bytes not read',
  ]);
});

test('drops that the capture states and link types that are not analyzed are told', () => {
  const face = { name: '', description: '', linkType: 1, snapLen: 0, timeDigits: 6, drops: -1 };
  const interfaces = [
    { ...face, drops: 1200 },
    { ...face, drops: 34, linkType: 189 },
    { ...face, linkType: 201 },
    { ...face, linkType: 40_000 },
  ];
  const inputs = [{ info: sampleSource({ name: '-', interfaces }), first: null, last: null }];
  assert.deepEqual(inputNotices(sampleReport({ inputs }).input[0]!), [
    'standard input states 1,234 packets lost while capturing',
    'standard input: frames of link type USB_LINUX, BLUETOOTH_HCI_H4_WITH_PHDR, 40000 are counted and not analyzed',
  ]);
});
