/**
 * The tables of the README: what is decoded, derived from the lists that the decoders themselves run on, and what benches
 * found when they were run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerResults } from '../bench/peers/results.ts';
import { peerTables } from '../bench/peers/tables.ts';
import { COMPRESSIONS } from '../src/capture/compression/containers.ts';
import { CAPTURE_FORMATS } from '../src/capture/format.ts';
import { RULES } from '../src/detect/rules.ts';
import { type Threshold, THRESHOLDS } from '../src/detect/thresholds.ts';
import { ENCAPSULATIONS, type Encapsulation } from '../src/packet/encapsulation.ts';
import { linkTypeName } from '../src/packet/link-type.ts';

/** Named sections of the README, each between `<!-- name:start -->` and `<!-- name:end -->`. */
export const TABLES: Readonly<Record<string, () => string>> = {
  formats: formatTable,
  'link-types': linkTypeTable,
  encapsulations: encapsulationTable,
  rules: ruleTable,
  thresholds: thresholdTable,
  bench: benchTables,
};

/** Capture formats, and what they may be compressed with. */
export function formatTable(): string {
  return table(
    ['captures', 'alone or compressed with'],
    [[CAPTURE_FORMATS.map((f) => f.name).join(', '), COMPRESSIONS.map((c) => c.name).join(', ')]],
  );
}

/** Link types that are analyzed; all others of the registry are counted by name. */
export function linkTypeTable(): string {
  const rows = ENCAPSULATIONS.flatMap(({ name, linkTypes = [] }) =>
    linkTypes.map((linkType) => ({ linkType, name })),
  ).sort((a, b) => a.linkType - b.linkType);
  return table(
    ['link type', 'number', 'what it is'],
    rows.map(({ linkType, name }) => [linkTypeName(linkType), String(linkType), name]),
  );
}

/** Headers that are found inside of frames. */
export function encapsulationTable(): string {
  const rows = ENCAPSULATIONS.filter((e) => selectors(e) !== '');
  return table(
    ['header', 'defined in', 'found by'],
    rows.map((e) => [e.name, e.reference, selectors(e)]),
  );
}

/** What is looked for, by rule. */
export function ruleTable(): string {
  return table(
    ['rule', 'what was seen', 'ATT&CK'],
    Object.entries(RULES).map(([rule, { text, technique }]) => [`\`${rule}\``, text, technique]),
  );
}

/** Every threshold with its default, unit and reason. */
export function thresholdTable(): string {
  const rows = Object.entries(THRESHOLDS).flatMap(([rule, thresholds]) =>
    Object.entries<Threshold>(thresholds).map(([name, { default: value, unit, reason }]) => [
      `\`${rule}\``,
      `\`${name}\``,
      `${value} ${unit}`,
      reason,
    ]),
  );
  return table(['rule', 'threshold', 'default', 'why'], rows);
}

/** What `npm run bench:peers -- --save` found. */
export function benchTables(): string {
  const path = join(import.meta.dirname, '../bench/peers.json');
  return peerTables(JSON.parse(readFileSync(path, 'utf8')) as PeerResults);
}

function selectors({ etherTypes = [], ipProtocols = [], udpPorts = [] }: Encapsulation): string {
  return [
    listed(
      'EtherType',
      etherTypes.map((type) => `0x${type.toString(16).padStart(4, '0')}`),
    ),
    listed('IP protocol', ipProtocols.map(String)),
    listed('UDP port', udpPorts.map(String)),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function listed(what: string, numbers: readonly string[]): string {
  return numbers.length === 0 ? '' : `${what} ${numbers.join(', ')}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * `text` with each section replaced by its table. Throws when a section is missing: a table that is not shown cannot
 * be wrong, but is not what was asked for either.
 */
export function withTables(text: string): string {
  let result = text;
  for (const [name, build] of Object.entries(TABLES)) {
    const begin = `<!-- ${name}:start -->`;
    const end = `<!-- ${name}:end -->`;
    const from = result.indexOf(begin);
    const to = result.indexOf(end);
    if (from < 0 || to < from) throw new Error(`there is no section ${begin} … ${end}`);
    result = `${result.slice(0, from + begin.length)}\n<!-- prettier-ignore-start -->\n\n${build()}\n\n<!-- prettier-ignore-end -->\n${result.slice(to)}`;
  }
  return result;
}
