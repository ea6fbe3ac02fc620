/**
 * Whether the confidence of identities is what it says: of those given with 0.9, are about 90 % right?
 *   tsx scripts/calibration.ts [labels.json] [--json]
 * Judged are the captures of a labelled set (by default the shared ones, where present), those of the corpus that tell
 * what their devices are, and the products of `test/fingerprint/products.tsv`. Each is judged as it is, with each family
 * of its evidence left out in turn, and with each family alone: what is left then is thinner than anything that was
 * looked at when the facts were written. Devices count the same, however many captures there are of one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatMac, NO_MAC } from '../src/bytes/address.ts';
import { openCaptures } from '../src/capture/open.ts';
import type { Device } from '../src/device/device.ts';
import { identify } from '../src/device/identify.ts';
import { DEFAULT_CONFIG } from '../src/engine/config.ts';
import { Pipeline } from '../src/engine/pipeline.ts';
import type { Evidence, Identity } from '../src/fingerprint/evidence.ts';
import { familyOf, fuse } from '../src/fingerprint/fuse.ts';
import { generalToNarrow } from '../src/fingerprint/narrower.ts';
import { judge, type Label, readLabels } from '../src/harness/score-identity.ts';
import { formatPercent } from '../src/report/quantity.ts';
import { readProducts } from '../test/fingerprint/products.ts';

/** Something whose identity is known, with all that was seen of it. */
interface Known {
  readonly name: string;
  readonly set: string;
  readonly label: Label;
  readonly evidence: readonly Evidence[];
  readonly fuse: (evidence: readonly Evidence[], withVendor: boolean) => Identity;
}

interface Answer {
  readonly name: string;
  readonly set: string;
  readonly confidence: number;
  readonly isRight: boolean;
  readonly weight: number;
}

async function devicesOf(paths: string[]): Promise<readonly Device[]> {
  const source = openCaptures(paths, { noHash: true });
  const pipeline = new Pipeline({ config: DEFAULT_CONFIG, selection: null, outputs: [] });
  try {
    for await (const batch of source) pipeline.process(batch);
  } finally {
    await source.close();
  }
  pipeline.finish();
  return pipeline.devices.devices;
}

function knownDevice(name: string, set: string, label: Label, device: Device): Known {
  return {
    name,
    set,
    label,
    evidence: [...device.evidence.values()],
    fuse: (evidence, withVendor) =>
      identify({
        ...device,
        evidence: new Map(evidence.map((one, i) => [String(i), one])),
        mac: withVendor ? device.mac : NO_MAC,
      }),
  };
}

async function labelledCaptures(path: string): Promise<Known[]> {
  const known: Known[] = [];
  for (const { name, path: capture, mac, label } of readLabels(path)) {
    const device = (await devicesOf([capture])).find((one) => formatMac(one.mac) === mac);
    if (device !== undefined) known.push(knownDevice(name, 'captures', label, device));
  }
  return known;
}

interface Expected {
  readonly devices?: readonly { readonly id: string; readonly brand?: string; readonly category?: string }[];
}

async function corpusCases(folder: string): Promise<Known[]> {
  const known: Known[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name, 'expect.json');
    if (!existsSync(path)) continue;
    const { devices = [] } = JSON.parse(readFileSync(path, 'utf8')) as Expected;
    const told = devices.filter(({ brand, category }) => brand !== undefined || category !== undefined);
    const captures = readdirSync(join(folder, name)).filter((file) => /\.(?:pcapng|pcap)$/.test(file));
    if (told.length === 0 || captures.length === 0) continue;
    const found = await devicesOf(captures.map((file) => join(folder, name, file)));
    for (const { id, brand, category } of told) {
      const device = found.find(({ mac }) => formatMac(mac) === id);
      const label = {
        brand: brand === undefined ? [] : [brand],
        // The general answer is right too.
        category: category === undefined ? [] : generalToNarrow('category', category),
      };
      if (device !== undefined) known.push(knownDevice(`${name} ${id}`, 'captures', label, device));
    }
  }
  return known;
}

function products(): Known[] {
  return readProducts().map(({ name, mac, brand, category, evidence, domains }) => ({
    name,
    set: 'products',
    // What is right to be left unknown is wrong to be told, so the empty answer stays among the right ones.
    label: { brand: [...brand], category: [...category] },
    evidence,
    fuse: (some, withVendor) => fuse(some, withVendor ? mac : NO_MAC, { domainCount: domains }),
  }));
}

/** As it is, without each family, and with each alone. */
function* variants({ evidence, fuse }: Known): Generator<{ what: string; identity: Identity }> {
  yield { what: 'whole', identity: fuse(evidence, true) };
  const families = [...new Set(evidence.map(({ source }) => familyOf(source)))];
  if (families.length > 0) yield { what: 'without', identity: fuse(evidence, false) };
  for (const family of families) {
    const others = evidence.filter(({ source }) => familyOf(source) !== family);
    yield { what: 'without', identity: fuse(others, true) };
    yield {
      what: 'alone',
      identity: fuse(
        evidence.filter((one) => !others.includes(one)),
        false,
      ),
    };
  }
  if (families.length > 0) yield { what: 'alone', identity: fuse([], true) };
}

function answersOf(known: readonly Known[]): Answer[] {
  const often = new Map<string, number>();
  for (const { name } of known) often.set(name, (often.get(name) ?? 0) + 1);
  return known.flatMap((one) => {
    const { name, label } = one;
    const capture = { name, path: '', mac: '', label };
    return [...variants(one)].flatMap(({ what, identity }) => {
      if (identity.brand === '' && identity.category === 'unknown') return [];
      const isRight = (['brand', 'category'] as const).every(
        (field) => judge(field, { capture, identity }) !== 'wrong',
      );
      if (!isRight && values.wrong === true)
        console.error(`${identity.confidence} ${what} ${name}: ${identity.brand} ${identity.category}`);
      const weight = 1 / often.get(name)!;
      return [{ name, set: `${one.set}, ${what}`, confidence: identity.confidence, isRight, weight }];
    });
  });
}

const EDGES = [0.6, 0.7, 0.8, 0.9, 0.95, 1.01] as const;

interface Row {
  readonly from: number;
  readonly answers: number;
  readonly stated: number;
  readonly right: number;
}

function table(answers: readonly Answer[]): Row[] {
  return EDGES.slice(0, -1).flatMap((from, i) => {
    const inside = answers.filter(({ confidence }) => confidence >= from && confidence < EDGES[i + 1]!);
    if (inside.length === 0) return [];
    const mean = (value: (answer: Answer) => number): number =>
      inside.reduce((sum, one) => sum + one.weight * value(one), 0) /
      inside.reduce((sum, { weight }) => sum + weight, 0);
    return [
      {
        from,
        answers: inside.length,
        stated: mean(({ confidence }) => confidence),
        right: mean(({ isRight }) => (isRight ? 1 : 0)),
      },
    ];
  });
}

/** Mean distance of what is stated from what is right, by answers. */
function error(rows: readonly Row[]): number {
  const all = rows.reduce((sum, { answers }) => sum + answers, 0);
  return rows.reduce(
    (sum, { answers, stated, right }) => sum + (answers * Math.abs(stated - right)) / all,
    0,
  );
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, wrong: { type: 'boolean' } },
  allowPositionals: true,
});
const root = join(import.meta.dirname, '..');
const shared = process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(root, '../shared/captures');
const labels = positionals[0] ?? join(shared, 'iot-sentinel/labels.json');
const known = [
  ...(existsSync(labels) ? await labelledCaptures(labels) : []),
  ...(await corpusCases(join(root, 'corpus'))),
  ...products(),
];
if (!existsSync(labels))
  console.error(`no labelled captures at ${labels}: the corpus and the products alone`);
const answers = answersOf(known);
const sets = [...new Set(answers.map(({ set }) => set)), 'all'];
const tables = Object.fromEntries(
  sets.map((set) => [set, table(answers.filter((one) => set === 'all' || one.set === set))]),
);
if (values.json === true) console.log(JSON.stringify(tables, undefined, 2));
else
  for (const [set, rows] of Object.entries(tables)) {
    console.log(`${set}: ${formatPercent(error(rows))} mean error`);
    for (const { from, answers, stated, right } of rows)
      console.log(
        `  from ${from.toFixed(2)}  ${String(answers).padStart(5)} answers  stated ${formatPercent(stated).padStart(7)}  right ${formatPercent(right).padStart(7)}`,
      );
  }
