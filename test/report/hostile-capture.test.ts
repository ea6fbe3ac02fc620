/** Names that an attacker puts on the wire, from the frames to everything that people read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import stringWidth from 'string-width';
import { devicesCsv, findingsCsv } from '../../src/report/csv.ts';
import { diffReports } from '../../src/report/diff/diff.ts';
import { renderDiffHtml } from '../../src/report/diff/render-html.ts';
import { renderDiffMarkdown } from '../../src/report/diff/render-markdown.ts';
import { renderDiffText } from '../../src/report/diff/render-text.ts';
import { renderReportHtml } from '../../src/report/html/report-page.ts';
import type { Report } from '../../src/report/schema.ts';
import { renderDeviceDetail } from '../../src/report/terminal/device-detail.ts';
import { renderReport } from '../../src/report/terminal/render.ts';
import { LAPTOP, remote, type Scene } from '../detect/scene.ts';
import { Simulated } from '../device/simulated.ts';
import { tcp } from '../packet/build-frame.ts';
import { bytesOf, type Part } from '../protocol/write.ts';

const MEGABYTE = 1 << 20;
/** Payload of one segment. */
const SEGMENT = 1400;
/** Longest text of a report that comes from the wire. */
const LONGEST = 4096;

const NAMES: Readonly<Record<string, Part>> = {
  'escape codes': '\u001b[2J\u001b]0;owned\u0007\u001b[31mred\u001b[0m',
  'C1 controls': '\u009b31m\u0090q\u009c',
  markup: '</td></table><script>alert(1)</script><img src=x onerror=alert(1)>',
  'right-to-left marks': '\u202egnp.exe\u202c\u2066x\u2069\u200f',
  'lines and tabs': 'one\r\ntwo\n# three\t| four |',
  formula: '=HYPERLINK("http://192.0.2.1/","x")',
  'invalid UTF-8': [0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x9f, 0x92, 0xed, 0xa0, 0x80, 0x80],
  zeros: [0x61, 0, 0, 0x62],
  'combining marks': `Z${'\u0301\u0335\u0489'.repeat(9)}`,
  'Markdown link': '[x](javascript:alert(1)) `code` @everyone',
};

/** Latin-1 text of bytes, so that a header holds exactly these. */
function request(scene: Scene, userAgent: Uint8Array): void {
  const from = LAPTOP;
  const to = remote('203.0.113.9');
  const head = bytesOf('GET / HTTP/1.1\r\nHost: example.com\r\nUser-Agent: ', userAgent, '\r\n\r\n');
  const ports = [40_000, 80] as const;
  scene.tcp(1, from, to, ports, 2, 0, 0).tcp(1.001, to, from, [80, 40_000], 0x12, 0, 0);
  for (let at = 0; at < head.length; at += SEGMENT) {
    const part = head.subarray(at, at + SEGMENT);
    scene.ip(1.1 + at / 1e7, from, to, 6, tcp({ ports, flags: 0x18, seq: 1 + at }, part));
  }
}

async function capture(name: Part): Promise<Report> {
  const bytes = bytesOf(name);
  // Where the builders take text, bytes travel as they are only over HTTP.
  const text = Buffer.from(bytes).toString('utf8').slice(0, 60);
  const camera = new Simulated('b0:c5:54:00:77:90', '192.168.1.30')
    .dhcp({ hostName: text, vendorClass: text })
    .announces({ type: '_hap._tcp', instance: text, txt: [`md=${text}`, `manufacturer=${text}`] })
    .notifies({ SERVER: text.replace(/[\r\n]/g, ' '), NT: 'upnp:rootdevice' });
  request(camera.scene, bytes);
  return camera.report();
}

function everyText(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      visit(key);
      everyText(inner, visit);
    }
  }
}

/** Controls but the line's end, marks of direction, and halves of characters. */
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

function checkOutputs(report: Report, plain: Report): void {
  everyText(report, (text) => assert.ok(text.length <= LONGEST, `${text.length} characters`));
  const diff = diffReports(plain, report);
  const html = [...renderReportHtml(report)].join('');
  const diffHtml = [...renderDiffHtml(diff)].join('');
  for (const page of [html, diffHtml]) {
    assert.doesNotMatch(page, UNSAFE);
    assert.doesNotMatch(page, /<(?:script|img|a)\b|<[^>]*\s(?:src|href|on\w+)=/);
  }
  assert.doesNotMatch(renderDiffMarkdown(diff), UNSAFE);
  assert.doesNotMatch(renderDiffText(diff, { width: 100, color: false }), UNSAFE);
  for (const line of [...devicesCsv(report.devices), ...findingsCsv(report.findings)]) {
    // Data stays as it was but for formulas; the command writes no raw controls to a terminal.
    assert.doesNotMatch(line, /(?:^|,)"?[=+@]/, 'no field is a formula');
    assert.equal((line.match(/"/g) ?? []).length % 2, 0, 'every quote is closed');
  }
  for (const width of [80, 120]) {
    const whole = { color: false, width, maxDevices: 50, maxFindings: 50 };
    const pages = [renderReport(report, whole)];
    for (const device of report.devices) pages.push(renderDeviceDetail(device, [], { color: false, width }));
    for (const page of pages) {
      assert.doesNotMatch(page, UNSAFE);
      for (const table of page.match(/^┌[^]*?^└.*$/gm) ?? []) {
        const [top = '', ...lines] = table.split('\n');
        assert.ok(stringWidth(top) <= width);
        for (const line of lines) assert.equal(stringWidth(line), stringWidth(top), line);
      }
    }
  }
}

test('what devices call themselves is bounded and harmless in every output', async () => {
  const plain = await capture('camera');
  for (const [what, name] of Object.entries(NAMES)) {
    const report = await capture(name);
    try {
      checkOutputs(report, plain);
    } catch (error) {
      (error as Error).message = `${what}: ${(error as Error).message}`;
      throw error;
    }
  }
});

test('a megabyte of name is cut, and told from the flow that carries it', async () => {
  const plain = await capture('camera');
  for (const letter of ['A', '\u202e', '\u{1f4a9}']) {
    const name = letter.repeat(Math.ceil(MEGABYTE / Buffer.byteLength(letter)));
    const report = await capture(name);
    checkOutputs(report, plain);
    const laptop = report.devices.find(({ id }) => id === LAPTOP.mac)!;
    assert.ok(laptop.traffic.bytesOut > MEGABYTE);
    assert.ok(JSON.stringify(report).length < 200_000);
  }
});
