/**
 * The report as one HTML file: nothing to load, nothing to run, every text from the wire escaped. It shows what the
 * report holds within stated bounds; the JSON report is the complete form.
 */
import { escapeHtml } from './escape.ts';
import { htmlPage } from './page.ts';
import { bestName } from '../device-name.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatPercent,
  formatPlural,
} from '../quantity.ts';
import type { Report, ReportDevice, ReportFinding } from '../schema.ts';
import { byTraffic, riskGrade } from '../terminal/devices.ts';
import { inputNotices } from '../terminal/notices.ts';

/** Entries shown; a page with more is of no use to a person. */
const MAX_DEVICES = 2_000;
const MAX_FINDINGS = 1_000;
const MAX_LIST = 40;

export function renderReportHtml(report: Report): Iterable<string> {
  const names = report.input.map(({ name }) => (name === '-' ? 'standard input' : name)).join(', ');
  return htmlPage(`lanscope: ${names}`, reportBody(report, names));
}

function* reportBody(report: Report, names: string): Generator<string> {
  const { totals, findings, devices, score } = report;
  const span =
    totals.firstTime === null
      ? ''
      : `${formatDuration(totals.durationSeconds)} from ${formatMoment(totals.firstTime)} UTC`;
  yield `<h1>Network report</h1>\n<p class="mono">${escapeHtml(names)}</p>\n<p class="dim">${escapeHtml(span)}</p>\n`;
  for (const notice of report.input.flatMap(inputNotices)) {
    yield `<p class="notice">${escapeHtml(notice)}</p>\n`;
  }
  if (!report.complete) yield '<p class="notice">Reading was stopped before the end of the input.</p>\n';
  yield '<div class="cards">\n';
  yield card('Score of 100', String(score.value));
  yield card('Devices', formatCount(totals.devices));
  yield card('Findings', formatCount(findings.length + report.omitted.findings));
  yield card('Packets', formatCount(totals.packets));
  yield card('Traffic', formatBytes(totals.bytes));
  yield card('Flows', formatCount(totals.flows));
  yield '</div>\n';
  if (score.reasons.length > 0) {
    yield '<ul>\n';
    for (const { summary, points } of score.reasons) yield `<li>−${points} ${escapeHtml(summary)}</li>\n`;
    yield '</ul>\n';
  }
  yield* findingsSection(findings.slice(0, MAX_FINDINGS), findings.length + report.omitted.findings);
  yield* devicesSection([...devices].sort(byTraffic).slice(0, MAX_DEVICES), totals.devices);
  yield* protocolsSection(report);
  yield* issuesSection(report);
  const data = report.data.map(({ name, date }) => `${name} of ${date}`).join(', ');
  yield `<p class="dim">lanscope ${escapeHtml(report.run.version)}, digest <span class="mono">${report.digest}</span>${data === '' ? '' : `, ${escapeHtml(data)}`}</p>\n`;
}

function card(label: string, value: string): string {
  return `<div class="card"><b>${escapeHtml(value)}</b><span class="dim">${escapeHtml(label)}</span></div>\n`;
}

function* findingsSection(findings: readonly ReportFinding[], total: number): Generator<string> {
  yield `<h2>${formatPlural(total, 'finding')}</h2>\n`;
  for (const finding of findings) {
    const technique =
      finding.technique === '' ? '' : ` <span class="dim">${escapeHtml(finding.technique)}</span>`;
    yield `<details><summary><span class="badge ${finding.severity}">${finding.severity}</span> ${escapeHtml(finding.summary)} <span class="dim">${escapeHtml(finding.rule)}</span>${technique}</summary><div>\n`;
    yield `<p>${escapeHtml(formatMoment(finding.firstTime))} to ${escapeHtml(formatMoment(finding.lastTime))} UTC, ${formatPlural(finding.count, 'event')}, confidence ${formatPercent(finding.confidence)}</p>\n<ul>\n`;
    for (const [name, value] of Object.entries(finding.evidence)) {
      yield `<li>${escapeHtml(name)}: <span class="mono">${escapeHtml(Array.isArray(value) ? value.slice(0, MAX_LIST).join(', ') : String(value))}</span></li>\n`;
    }
    if (finding.packets.length > 0) yield `<li>packets ${finding.packets.join(', ')}</li>\n`;
    yield '</ul></div></details>\n';
  }
  yield* more(total - findings.length, 'finding');
}

function* devicesSection(devices: readonly ReportDevice[], total: number): Generator<string> {
  yield `<h2>${formatPlural(total, 'device')}</h2>\n<div class="wide"><table>\n<tr><th>Device</th><th>What it is</th><th>Addresses and names</th><th class="num">Risk</th><th class="num">Sent</th><th class="num">Received</th></tr>\n`;
  for (const device of devices) yield deviceRow(device);
  yield '</table></div>\n';
  yield* more(total - devices.length, 'device');
  if (devices.length > 0) yield '<h2>How each is known</h2>\n';
  for (const device of devices) yield deviceDetails(device);
}

function deviceRow(device: ReportDevice): string {
  const { identity, traffic } = device;
  const vendor =
    device.vendor !== '' ? device.vendor : device.macKind === 'local' ? 'local or random MAC' : '';
  const confidence = formatPercent(identity.confidence);
  const bar =
    identity.confidence > 0
      ? `<div class="bar" title="${confidence}"><i style="width:${Math.round(identity.confidence * 100)}%"></i></div><span class="dim">${confidence} sure</span>`
      : '';
  const addresses = device.addresses.slice(0, 4).map(({ address }) => escapeHtml(address));
  if (device.addresses.length > 4) addresses.push(`<span class="dim">+${device.addresses.length - 4}</span>`);
  const name = bestName(device);
  return (
    `<tr><td class="mono mac">${escapeHtml(device.id)}<br><span class="dim">${escapeHtml(vendor)}</span>${links(device)}</td>` +
    `<td>${escapeHtml(describe(device))}${bar}</td>` +
    `<td>${name === '' ? '' : `${escapeHtml(name)}<br>`}<span class="mono">${addresses.join('<br>')}</span></td>` +
    riskCell(device) +
    `<td class="num">${formatBytes(traffic.bytesOut)}</td><td class="num">${formatBytes(traffic.bytesIn)}</td></tr>\n`
  );
}

/** Other MAC addresses of the device. */
function links({ links }: ReportDevice): string {
  return links
    .slice(0, 4)
    .map(
      ({ device, reason }) =>
        `<br><span class="dim">also ${escapeHtml(device)}, by ${escapeHtml(reason)}</span>`,
    )
    .join('');
}

function riskCell({ risk }: ReportDevice): string {
  const why = risk.reasons.map(({ summary, points }) => `${summary}: ${points}`).join('; ');
  const badge = `<span class="badge ${riskGrade(risk.value)}" title="${escapeHtml(why)}">${risk.value}</span>`;
  return `<td class="num">${risk.value === 0 ? '' : badge}</td>`;
}

function describe({ identity, roles }: ReportDevice): string {
  const product = [identity.brand, identity.model].filter((part) => part !== '').join(' ');
  const parts = [
    product,
    identity.category === 'unknown' ? '' : identity.category,
    identity.os,
    roles.join(', '),
  ];
  return parts.filter((part) => part !== '').join(', ') || 'unknown';
}

function deviceDetails(device: ReportDevice): string {
  const { identity } = device;
  const rows = identity.evidence
    .slice(0, MAX_LIST)
    .map(
      ({ source, value, supports, weight }) =>
        `<tr><td>${escapeHtml(source)}</td><td class="mono">${escapeHtml(value)}</td><td>${escapeHtml(Object.values(supports).join(', '))}</td><td class="num">${formatPercent(weight)}</td></tr>`,
    );
  const evidence =
    rows.length === 0
      ? '<p class="dim">Nothing that it said tells what it is.</p>'
      : `<table><tr><th>Evidence</th><th>Value</th><th>Says</th><th class="num">Weight</th></tr>${rows.join('\n')}</table>`;
  const name = bestName(device);
  return (
    `<details><summary><span class="mono">${escapeHtml(device.id)}</span> ${escapeHtml(name === '' ? describe(device) : name)}</summary><div>\n${evidence}\n<ul>\n` +
    inline('Open', identity.notes) +
    inline('Roles', device.roles) +
    inline(
      `Risk ${device.risk.value} of 100`,
      device.risk.reasons.map(({ summary, points }) => `${summary}: ${points}`),
    ) +
    inline(
      'Services',
      device.services.map(({ name, port }) => (port > 0 ? `${name}:${port}` : name)),
    ) +
    inline(
      'Domains',
      device.domains.map(({ name }) => name),
    ) +
    inline(
      'Peers',
      device.peers.map(({ peer, name, ports }) => `${name === '' ? peer : name} ${ports.join(' ')}`.trim()),
    ) +
    Object.entries(device.fingerprints)
      .map(([kind, values]) => inline(`Fingerprint ${kind}`, values))
      .join('') +
    `<li>Seen: ${escapeHtml(formatMoment(device.firstSeen))} to ${escapeHtml(formatMoment(device.lastSeen))} UTC</li>\n</ul></div></details>\n`
  );
}

function inline(label: string, values: readonly string[]): string {
  if (values.length === 0) return '';
  const left = values.length > MAX_LIST ? `, and ${values.length - MAX_LIST} more` : '';
  return `<li>${escapeHtml(label)}: <span class="mono">${values
    .slice(0, MAX_LIST)
    .map((value) => escapeHtml(value, 300))
    .join(', ')}</span>${left}</li>\n`;
}

function* protocolsSection({ totals }: Report): Generator<string> {
  const protocols = Object.entries(totals.protocols).sort(([, a], [, b]) => b.bytes - a.bytes);
  if (protocols.length === 0) return;
  yield '<h2>Protocols</h2>\n<table>\n<tr><th>Protocol</th><th class="num">Packets</th><th class="num">Bytes</th></tr>\n';
  for (const [name, { packets, bytes }] of protocols) {
    yield `<tr><td>${escapeHtml(name)}</td><td class="num">${formatCount(packets)}</td><td class="num">${formatBytes(bytes)}</td></tr>\n`;
  }
  yield '</table>\n';
}

function* issuesSection({ issues }: Report): Generator<string> {
  if (issues.length === 0) return;
  yield '<h2>Noted while reading</h2>\n<table>\n<tr><th>What</th><th class="num">Times</th><th class="num">First in packet</th></tr>\n';
  for (const { layer, code, text, count, first } of issues) {
    yield `<tr><td>${escapeHtml(`${layer}/${code}: ${text}`)}</td><td class="num">${formatCount(count)}</td><td class="num">${first.packet > 0 ? formatCount(first.packet) : ''}</td></tr>\n`;
  }
  yield '</table>\n';
}

function* more(count: number, noun: string): Generator<string> {
  if (count > 0) yield `<p class="dim">and ${formatPlural(count, `more ${noun}`)} in the JSON report</p>\n`;
}
