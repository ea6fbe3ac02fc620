/** Names from the wire in what `diff` writes for pull requests and browsers: they stay text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffReports } from '../../src/report/diff/diff.ts';
import { renderDiffHtml } from '../../src/report/diff/render-html.ts';
import { renderDiffMarkdown } from '../../src/report/diff/render-markdown.ts';
import { renderDiffText } from '../../src/report/diff/render-text.ts';
import type { ReportDiff } from '../../src/report/diff/schema.ts';
import { sampleDevice, sampleFinding, sampleReport, sampleSource } from './sample.ts';

const HOSTILE = [
  '| a | b |',
  '```\n# heading',
  '`code` ``more`` ```most```',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</details></code>',
  '"><b>',
  '@everyone @octocat #1 closes #2',
  '[click](https://evil.example/) ![i](https://evil.example/p.png)',
  'https://evil.example/',
  'line\nbreak\r\n- item\n\n> quote',
  '\u202egnp.exe\u2066\u200e\u200f',
  '\u001b[31mred\u001b]8;;https://evil.example\u0007',
  '\u0000\u0008\u007f\u0085\u2028\u2029\ufeff',
  '&lt;b&gt; &#60;',
  '`',
  ' ',
] as const;

const anyName = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc
    .array(fc.constantFrom(...HOSTILE, '`', '``', '<', '&', '|', '\n', 'x'), { maxLength: 4 })
    .map((all) => all.join('')),
);

/** Hostile in every place that text from the wire has. */
function hostileDiff(name: string): ReportDiff {
  const device = sampleDevice('02:00:00:00:00:01', {
    names: new Map([['n', { name, source: 'mdns' }]]),
    services: new Map([['s', { name, port: 80, transport: 'tcp', source: 'flow' }]]),
    domains: new Map([[name, 1]]),
    fingerprints: new Map([['http-user-agent', new Set([name])]]),
  });
  const findings = [
    sampleFinding({ device: '02:00:00:00:00:01', rule: 'port-scan', summary: `saw ${name}` }),
  ];
  const damage = { offset: 1, reason: name, bytesLost: 1, resynchronised: 0 };
  const inputs = [{ info: sampleSource({ name, damage }), first: null, last: null }];
  const quiet = sampleDevice('02:00:00:00:00:01');
  return diffReports(
    sampleReport({ devices: [quiet], findings: [] }),
    sampleReport({
      devices: [device, sampleDevice('02:00:00:00:00:02', { names: device.device.names })],
      findings,
      inputs,
    }),
  );
}

/** What is outside of code spans, by the rule of CommonMark: a run of backticks ends with a run of the same length. */
function outsideOfCode(line: string): string {
  let outside = '';
  for (let rest = line; rest !== '';) {
    const open = /`+/.exec(rest);
    if (open === null) return outside + rest;
    const after = rest.slice(open.index + open[0].length);
    const close = [...after.matchAll(/`+/g)].find(([run]) => run.length === open[0].length);
    assert.ok(close !== undefined, `an open code span: ${line}`);
    outside += `${rest.slice(0, open.index)}¤`;
    rest = after.slice(close.index + close[0].length);
  }
  return outside;
}

const UNSAFE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

test('Markdown: text from the wire is in code spans, one line each, and nowhere else', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const text = renderDiffMarkdown(hostileDiff(name));
      assert.ok(!UNSAFE.test(text));
      for (const line of text.split('\n')) {
        const outside = outsideOfCode(line);
        assert.match(
          outside,
          /^(?:|### lanscope: what changed|#### ¤|¤ → ¤|- (?:\*\*)?(?:new|gone|changed)(?:\*\*)? ¤|\*\*[a-z0-9:;, ]+\*\*)$/,
          line,
        );
      }
    }),
    { numRuns: 200 },
  );
});

test('HTML: no element, attribute or script but its own', () => {
  const elements = (html: string) =>
    (html.match(/<\/?[a-z!][^>]*>/gi) ?? []).map((tag) => tag.replace(/\s.*>/s, '>'));
  fc.assert(
    fc.property(anyName, (name) => {
      const html = [...renderDiffHtml(hostileDiff(name))].join('');
      const body = html.slice(html.indexOf('<body>'));
      const own = new Set(['body', 'h1', 'h2', 'p', 'ul', 'li', 'span', 'html']);
      for (const tag of elements(body)) assert.ok(own.has(tag.replace(/[</>]/g, '')), tag);
      assert.ok(!UNSAFE.test(html));
      assert.match(html, /default-src 'none'/);
      assert.ok(
        !/\son[a-z]+=|<[^>]*(?:href|src)=/i.test(
          body.replace(/&[a-z#0-9]+;/g, '·').replace(/>[^<]*</g, '><'),
        ),
      );
    }),
    { numRuns: 100 },
  );
});

test('the terminal: no escape sequence, and no line that begins as one of ours', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const text = renderDiffText(hostileDiff(name), { width: 80, color: false });
      assert.ok(!UNSAFE.test(text));
    }),
    { numRuns: 100 },
  );
});
