import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvField, devicesCsv, findingsCsv } from '../../src/report/csv.ts';
import { diffReports } from '../../src/report/diff/diff.ts';
import { renderDiffHtml } from '../../src/report/diff/render-html.ts';
import { renderDiffMarkdown } from '../../src/report/diff/render-markdown.ts';
import { renderDiffText } from '../../src/report/diff/render-text.ts';
import { countAtLeast } from '../../src/report/fail-on.ts';
import { findDevices } from '../../src/report/find-device.ts';
import { renderReportHtml } from '../../src/report/html/report-page.ts';
import type { Report } from '../../src/report/schema.ts';
import { renderDeviceDetail } from '../../src/report/terminal/device-detail.ts';
import { sampleCamera, sampleDevice, sampleFinding, sampleReport } from './sample.ts';

const HOSTILE = '</td><script>alert(1)</script>"\'>&\u001b[2J\u202e`](javascript:x) @everyone | x\n# y';

/** A report in which every text that can come from the wire is hostile. */
function hostileReport(text: string): Report {
  const camera = sampleCamera();
  camera.device.names.set('x', { name: text, source: 'dhcp' });
  camera.device.domains.set(text, 5);
  camera.device.services.set(text, { name: text, port: 0, transport: '', source: 'mdns' });
  camera.device.fingerprints.set('dhcp', new Set([text]));
  camera.device.peers.set('9.9.9.9', {
    peer: '9.9.9.9',
    name: text,
    flows: 1,
    bytesOut: 1,
    bytesIn: 1,
    ports: new Set(),
  });
  const identity = {
    ...camera.identity,
    brand: text,
    model: text,
    os: text,
    notes: [text],
    evidence: [{ source: 'x', value: text, supports: { brand: text }, weight: 0.5 }],
  };
  return sampleReport({
    devices: [
      { ...camera, vendor: text, identity, links: [{ device: text, kind: 'interfaces', reason: text }] },
    ],
    findings: [sampleFinding({ summary: text, evidence: { text } })],
    score: { value: 1, reasons: [{ summary: text, points: 9 }] },
  });
}

test('no text from the wire becomes markup in HTML', () => {
  for (const html of [
    [...renderReportHtml(hostileReport(HOSTILE))].join(''),
    [...renderDiffHtml(diffReports(sampleReport(), hostileReport(HOSTILE)))].join(''),
  ]) {
    assert.ok(!html.includes('<script'));
    assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));

    assert.doesNotMatch(html, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.doesNotMatch(html, /(src|href)=/, 'nothing is loaded');
    assert.match(html, /default-src 'none'/);
  }
});

test('the tags of a page do not depend on what it shows', () => {
  const tagsOf = (text: string) =>
    [...renderReportHtml(hostileReport(text))]
      .join('')
      .match(/<[^>]*>/g)!
      .join('');
  const plain = tagsOf('x');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
      fc.pre(text.trim() !== '');
      assert.equal(tagsOf(text), plain);
    }),
    { numRuns: 60 },
  );
});

test('Markdown of a difference holds text from the wire in code spans only', () => {
  const markdown = renderDiffMarkdown(diffReports(sampleReport(), hostileReport(HOSTILE)));
  for (const line of markdown.split('\n')) {
    const outside = line.replace(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '');
    assert.doesNotMatch(outside, /script|@everyone|javascript/, line);
  }
  assert.ok(markdown.includes('@everyone'));
});

test('a difference in words', () => {
  const before = sampleReport({ findings: [], devices: [sampleCamera()] });
  const camera = sampleCamera();
  camera.device.services.set('telnet', { name: 'telnet', port: 23, transport: 'tcp', source: 'flow' });
  const after = sampleReport({
    devices: [{ ...camera, vendor: 'Other Inc.' }, sampleDevice('02:00:00:00:00:01')],
  });
  const text = renderDiffText(diffReports(before, after), { width: 100, color: false });
  for (const part of [
    'from lan.pcap',
    'devices: 1 new, 1 changed; findings: 1 new',
    '+ port-scan: b0:c5:54:00:00:01 (DCS-930L) high: ',
    '+ 02:00:00:00:00:01',
    'b0:c5:54:00:00:01 (DCS-930L)',
    '+ service telnet tcp/23',
    '~ vendor D-Link International → Other Inc.',
  ]) {
    assert.ok(text.includes(part), `${part}\n${text}`);
  }
  assert.match(renderDiffText(diffReports(after, after), { width: 80, color: false }), /no difference\n$/);
});

test('CSV fields: quoted by RFC 4180, never a formula', () => {
  assert.deepEqual(
    ['plain', 'a,b', 'say "x"', 'two\nlines', '=1+1', '+1', '-1', '@x', '  =1', '\tx', ''].map(csvField),
    ['plain', '"a,b"', '"say ""x"""', '"two\nlines"', "'=1+1", "'+1", "'-1", "'@x", "'  =1", '"\'\tx"', ''],
  );
  assert.equal(csvField(-5), '-5');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const field = csvField(text);
      assert.doesNotMatch(field.replace(/^"/, ''), /^\s*[=+\-@|]/);
      const inner = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
      assert.ok(inner === text || inner === `'${text}`);
    }),
  );
});

test('every CSV line has as many fields as its header', () => {
  const report = sampleReport();
  for (const lines of [[...devicesCsv(report.devices)], [...findingsCsv(report.findings)]]) {
    const columns = lines[0]!.split(',').length;
    assert.ok(lines.length > 1);
    for (const line of lines) {
      assert.equal(line.replace(/"(?:[^"]|"")*"/g, 'q').split(',').length, columns);
      assert.ok(line.endsWith('\r\n'));
    }
  }
});

test('the gate counts a severity and those above', () => {
  const report = sampleReport({
    findings: [sampleFinding({ severity: 'critical' }), sampleFinding(), sampleFinding({ severity: 'low' })],
  });
  assert.deepEqual(
    (['info', 'low', 'medium', 'high', 'critical'] as const).map((severity) =>
      countAtLeast(report, severity),
    ),
    [3, 3, 2, 2, 1],
  );
});

test('a device is found by the most exact of what a person says', () => {
  const { devices } = sampleReport({
    devices: [
      sampleCamera(),
      sampleDevice('02:00:00:00:00:01', { names: new Map([['n', { name: 'DCS-930L-2', source: 'mdns' }]]) }),
    ],
  });
  const ids = (query: string) => findDevices(devices, query).map(({ id }) => id);
  assert.deepEqual(ids('B0C554000001'), ['b0:c5:54:00:00:01']);
  assert.deepEqual(ids(' fe80::1 '), ['b0:c5:54:00:00:01']);
  assert.deepEqual(ids('dcs-930l'), ['b0:c5:54:00:00:01'], 'an exact name beats part of one');
  assert.equal(ids('930').length, 2);
  assert.deepEqual(ids('d-link'), ['b0:c5:54:00:00:01']);
  assert.deepEqual(ids(''), []);
});

test('the detail of a device survives hostile text at any width', () => {
  const report = hostileReport(HOSTILE);
  for (const width of [80, 100, 200]) {
    const text = renderDeviceDetail(report.devices[0]!, report.findings, { width, color: false });

    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    for (const line of text.split('\n')) assert.ok(line.length <= width, line);
  }
});
