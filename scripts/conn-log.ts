/**
 * Reading and joining Zeek connection logs: TSV with `#fields`, JSON lines, and the `|`-separated form of IoT-23.
 */

export type ConnRow = Readonly<Record<string, string>>;

/** Columns that are compared by default: everything that both tools derive from packets alone. */
export const COMPARED = [
  'conn_state',
  'history',
  'orig_pkts',
  'resp_pkts',
  'orig_ip_bytes',
  'resp_ip_bytes',
  'orig_bytes',
  'resp_bytes',
  'duration',
  'missed_bytes',
  'service',
  'local_orig',
  'local_resp',
] as const;

const TUPLE = ['id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto'] as const;

/** Rows of a log in any of the three forms. Values are text as in the log; unset is `-`. */
export function parseConnLog(text: string): ConnRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length === 0) return [];
  if (lines[0]!.startsWith('{')) return lines.map(parseJsonRow);
  const fieldsLine = lines.find((line) => line.startsWith('#fields'));
  if (fieldsLine !== undefined) {
    const fields = fieldsLine.split('\t').slice(1);
    return lines.filter((line) => !line.startsWith('#')).map((line) => rowOf(fields, line.split('\t')));
  }
  const fields = lines[0]!.split('|');
  return lines.slice(1).map((line) => rowOf(fields, line.split('|')));
}

function parseJsonRow(line: string): ConnRow {
  const row: Record<string, string> = {};
  for (const [key, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
    row[key] = Array.isArray(value)
      ? value.join(',')
      : value === true
        ? 'T'
        : value === false
          ? 'F'
          : String(value);
  }
  return row;
}

function rowOf(fields: readonly string[], values: readonly string[]): ConnRow {
  return Object.fromEntries(fields.map((field, i) => [field, values[i] ?? '-']));
}

export interface Difference {
  readonly key: string;
  readonly a: string;
  readonly b: string;
}

export interface Comparison {
  readonly rowsA: number;
  readonly rowsB: number;
  readonly matched: number;
  readonly onlyA: readonly ConnRow[];
  readonly onlyB: readonly ConnRow[];
  /** Column → rows that differ. */
  readonly columns: ReadonlyMap<string, readonly Difference[]>;
}

export interface CompareOptions {
  readonly columns?: readonly string[];
  /** Rows of one tuple are paired when their start times differ by no more, in seconds. */
  readonly timeTolerance?: number;
  /** Durations may differ by this many seconds. */
  readonly durationTolerance?: number;
}

/**
 * Joins by tuple and time: within a tuple, rows are paired in the order of their times; a row without a partner
 * within the tolerance stays alone. Logs with redacted times are paired by order alone.
 */
export function compareConnLogs(
  a: readonly ConnRow[],
  b: readonly ConnRow[],
  options: CompareOptions = {},
): Comparison {
  const columns = options.columns ?? COMPARED;
  const tolerance = options.timeTolerance ?? 1.5e-6;
  const durationTolerance = options.durationTolerance ?? 1.5e-6;
  const groupsB = groupByTuple(b);
  const differences = new Map<string, Difference[]>(columns.map((column) => [column, []]));
  const onlyA: ConnRow[] = [];
  let matched = 0;
  for (const [tuple, rowsA] of groupByTuple(a)) {
    const rowsB = groupsB.get(tuple) ?? [];
    for (const row of rowsA) {
      const at = rowsB.findIndex((other) => isSameTime(row['ts'], other['ts'], tolerance));
      if (at < 0) {
        onlyA.push(row);
        continue;
      }
      const [other] = rowsB.splice(at, 1);
      matched++;
      for (const column of columns) {
        const x = row[column] ?? '-';
        const y = other![column] ?? '-';
        if (x === y || (column === 'duration' && isSameTime(x, y, durationTolerance))) continue;
        differences.get(column)!.push({ key: `${row['ts']} ${tuple}`, a: x, b: y });
      }
    }
  }
  return {
    rowsA: a.length,
    rowsB: b.length,
    matched,
    onlyA,
    onlyB: [...groupsB.values()].flat(),
    columns: differences,
  };
}

function groupByTuple(rows: readonly ConnRow[]): Map<string, ConnRow[]> {
  const groups = new Map<string, ConnRow[]>();
  for (const row of rows) {
    const tuple = TUPLE.map((column) => row[column] ?? '-').join(' ');
    const group = groups.get(tuple);
    if (group === undefined) groups.set(tuple, [row]);
    else group.push(row);
  }
  for (const group of groups.values()) group.sort((x, y) => Number(x['ts']) - Number(y['ts']) || 0);
  return groups;
}

function isSameTime(x: string | undefined, y: string | undefined, tolerance: number): boolean {
  const a = Number(x);
  const b = Number(y);
  if (x === y || (x?.startsWith('X') ?? true) || (y?.startsWith('X') ?? true)) return true;
  return Math.abs(a - b) <= tolerance;
}

export interface ComparisonSummary {
  readonly rowsA: number;
  readonly rowsB: number;
  readonly matched: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** Column → rows that differ. */
  readonly differing: Readonly<Record<string, number>>;
  readonly isSame: boolean;
}

/** The comparison in numbers. */
export function summarise({ rowsA, rowsB, matched, onlyA, onlyB, columns }: Comparison): ComparisonSummary {
  const differing = Object.fromEntries([...columns].map(([column, list]) => [column, list.length]));
  const isSame = onlyA.length + onlyB.length === 0 && Object.values(differing).every((count) => count === 0);
  return { rowsA, rowsB, matched, onlyA: onlyA.length, onlyB: onlyB.length, differing, isSame };
}

/** The comparison as text, one line per column and some examples of what differs. */
export function formatComparison(comparison: Comparison, examples = 3): string {
  const { rowsA, rowsB, matched, onlyA, onlyB, columns } = comparison;
  const lines = [
    `rows ${rowsA} / ${rowsB}, matched ${matched}, only in a ${onlyA.length}, only in b ${onlyB.length}`,
  ];
  const name = (row: ConnRow): string => `${row['ts']} ${TUPLE.map((column) => row[column]).join(' ')}`;
  for (const row of onlyA.slice(0, examples)) lines.push(`  only a: ${name(row)}`);
  for (const row of onlyB.slice(0, examples)) lines.push(`  only b: ${name(row)}`);
  for (const [column, differing] of columns) {
    const percent = matched === 0 ? 0 : (100 * (matched - differing.length)) / matched;
    lines.push(`${column.padEnd(16)} ${percent.toFixed(3).padStart(8)} %  ${differing.length} differ`);
    for (const { key, a, b } of differing.slice(0, examples)) lines.push(`  ${key}: ${a} | ${b}`);
  }
  return lines.join('\n');
}
