/**
 * How good identities are, measured on a labelled set: a `labels.json` beside one folder per device, each folder with
 * captures and a `_iotdevice-mac.txt` that names the device's MAC. Every capture is judged alone. An answer is right
 * when it is one of the labelled values, wrong when it is another, and `unknown` is neither.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { formatMac, parseMac } from '../bytes/address.ts';
import { LanscopeError } from '../bytes/error.ts';
import { compareText } from '../bytes/order.ts';
import type { Identity } from '../fingerprint/evidence.ts';

const Label = Type.Object({
  brand: Type.Array(Type.String()),
  category: Type.Array(Type.String()),
  model: Type.Optional(Type.String()),
});
const Labels = Type.Object({ devices: Type.Record(Type.String(), Label) });
export type Label = Static<typeof Label>;

/** One capture with the truth about one device in it. */
export interface LabelledCapture {
  /** Folder name: the device. */
  readonly name: string;
  readonly path: string;
  /** MAC text, as device ids are written. */
  readonly mac: string;
  readonly label: Label;
}

/** Identity as given for a labelled capture; undefined when the report did not list the device. */
export interface Judged {
  readonly capture: LabelledCapture;
  readonly identity: Pick<Identity, 'brand' | 'model' | 'category' | 'confidence'> | undefined;
}

export const SCORED_FIELDS = ['brand', 'category', 'model'] as const;
export type ScoredField = (typeof SCORED_FIELDS)[number];
export type Verdict = 'right' | 'wrong' | 'unknown';

export interface FieldScore {
  readonly field: ScoredField;
  readonly right: number;
  readonly wrong: number;
  readonly unknown: number;
  /** Right among the answers given. */
  readonly precision: number;
  /** Answers given among all captures. */
  readonly coverage: number;
  /** `expected → answered`, with how often; wrong answers only. */
  readonly confusion: readonly {
    readonly expected: string;
    readonly answered: string;
    readonly count: number;
  }[];
}

/** Identities by stated confidence: of those in a row, `right` had every given field right. */
export interface CalibrationRow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly right: number;
  readonly meanConfidence: number;
}

export interface IdentityScore {
  readonly captures: number;
  readonly fields: readonly FieldScore[];
  readonly calibration: readonly CalibrationRow[];
  /** Per device: verdicts over its captures. */
  readonly devices: readonly {
    readonly name: string;
    readonly verdicts: Readonly<Record<ScoredField, Record<Verdict, number>>>;
  }[];
}

/** The captures of a labelled set, by name. Throws `CONFIG_INVALID` or `INPUT_NOT_FOUND`. */
export function readLabels(path: string): LabelledCapture[] {
  let labels: unknown;
  try {
    labels = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing
      ? new LanscopeError('INPUT_NOT_FOUND', `${path}: no such file`, '', { cause })
      : new LanscopeError('CONFIG_INVALID', `${path}: is not JSON`, '', { cause });
  }
  if (!Check(Labels, labels)) {
    throw new LanscopeError(
      'CONFIG_INVALID',
      `${path}: is not a set of labels`,
      'Expected { "devices": { FOLDER: { "brand": [...], "category": [...], "model": "..." } } }.',
    );
  }
  return Object.keys(labels.devices)
    .sort(compareText)
    .flatMap((name) => labelledFolder(join(dirname(path), name), name, labels.devices[name]!));
}

function labelledFolder(folder: string, name: string, label: Label): LabelledCapture[] {
  let names: string[];
  let mac: number;
  try {
    names = readdirSync(folder);
    mac = parseMac(readFileSync(join(folder, '_iotdevice-mac.txt'), 'utf8').trim());
  } catch (cause) {
    throw new LanscopeError('INPUT_NOT_FOUND', `${folder}: needs captures and a _iotdevice-mac.txt`, '', {
      cause,
    });
  }
  if (mac < 0)
    throw new LanscopeError('CONFIG_INVALID', `${folder}/_iotdevice-mac.txt: holds no MAC address`);
  return names
    .filter((file) => /\.(?:pcap|pcapng|cap)(?:\.(?:gz|zst|xz|lz4))?$/.test(file))
    .sort(compareText)
    .map((file) => ({ name, path: join(folder, file), mac: formatMac(mac), label }));
}

/** The verdict about one field; undefined when the label does not tell it. Case and punctuation do not count. */
export function judge(field: ScoredField, { capture, identity }: Judged): Verdict | undefined {
  const expected = expectedOf(field, capture.label);
  if (expected.length === 0) return undefined;
  const answer = identity?.[field] ?? '';
  if (answer === '' || answer === 'unknown') return 'unknown';
  const plain = simplify(answer);
  // A model may be told with its brand, its line or its hardware version.
  const matches = (value: string): boolean =>
    field === 'model' ? plain.includes(simplify(value)) : plain === simplify(value);
  return expected.some(matches) ? 'right' : 'wrong';
}

function expectedOf(field: ScoredField, label: Label): readonly string[] {
  if (field === 'model') return label.model === undefined ? [] : [label.model];
  return label[field];
}

function simplify(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

export function scoreIdentities(judged: readonly Judged[]): IdentityScore {
  return {
    captures: judged.length,
    fields: SCORED_FIELDS.map((field) => scoreField(field, judged)),
    calibration: calibrate(judged),
    devices: [...new Set(judged.map(({ capture }) => capture.name))].map((name) => ({
      name,
      verdicts: Object.fromEntries(
        SCORED_FIELDS.map((field) => [
          field,
          tally(
            field,
            judged.filter(({ capture }) => capture.name === name),
          ),
        ]),
      ) as Record<ScoredField, Record<Verdict, number>>,
    })),
  };
}

function tally(field: ScoredField, judged: readonly Judged[]): Record<Verdict, number> {
  const counts = { right: 0, wrong: 0, unknown: 0 };
  for (const item of judged) {
    const verdict = judge(field, item);
    if (verdict !== undefined) counts[verdict]++;
  }
  return counts;
}

function scoreField(field: ScoredField, judged: readonly Judged[]): FieldScore {
  const { right, wrong, unknown } = tally(field, judged);
  const confused = new Map<string, { expected: string; answered: string; count: number }>();
  for (const item of judged) {
    if (judge(field, item) !== 'wrong') continue;
    const expected = expectedOf(field, item.capture.label).join(' or ');
    const answered = item.identity?.[field] ?? '';
    const entry = confused.get(`${expected} ${answered}`) ?? { expected, answered, count: 0 };
    entry.count++;
    confused.set(`${expected} ${answered}`, entry);
  }
  return {
    field,
    right,
    wrong,
    unknown,
    precision: ratio(right, right + wrong),
    coverage: ratio(right + wrong, right + wrong + unknown),
    confusion: [...confused.values()].sort(
      (a, b) => b.count - a.count || compareText(a.expected, b.expected),
    ),
  };
}

const CALIBRATION_EDGES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1] as const;

/** An identity is right as a whole when no field that it gave is wrong. */
function calibrate(judged: readonly Judged[]): CalibrationRow[] {
  const rows: CalibrationRow[] = [];
  for (let i = 0; i + 1 < CALIBRATION_EDGES.length; i++) {
    const from = CALIBRATION_EDGES[i]!;
    const to = CALIBRATION_EDGES[i + 1]!;
    const inside = judged.filter(({ identity }) => {
      const confidence = identity?.confidence ?? 0;
      return confidence >= from && (confidence < to || to === 1);
    });
    const right = inside.filter(
      (item) => judge('brand', item) !== 'wrong' && judge('category', item) !== 'wrong',
    );
    const sum = inside.reduce((total, { identity }) => total + (identity?.confidence ?? 0), 0);
    rows.push({
      from,
      to,
      count: inside.length,
      right: right.length,
      meanConfidence: ratio(sum, inside.length),
    });
  }
  return rows;
}

/** 0 of nothing is 0. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
