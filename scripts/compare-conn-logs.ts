/**
 * Compares two connection logs column by column, so that parity with Zeek is a number that anyone can compute. Exit code
 * 0 when they say the same, 1 when rows or values differ, 2 when a file cannot be read or the arguments make no sense.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  compareConnLogs,
  COMPARED,
  type ConnRow,
  formatComparison,
  parseConnLog,
  summarise,
} from './conn-log.ts';

const USAGE = `usage: tsx scripts/compare-conn-logs.ts [options] A B

Joins two connection logs by tuple and start time, in whatever order their rows are, and says column by column what
differs. Either log may be Zeek's TSV, JSON lines, or the '|'-separated form of IoT-23.

  --columns a,b,c    compare these (default: ${COMPARED.slice(0, 4).join(',')}, …)
  --tolerance S      start times and durations may differ by S seconds (default 0.0000015)
  --examples N       show N differences of each kind (default 3)
  --json             print the counts as JSON
`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readLog(path: string): ConnRow[] {
  try {
    return parseConnLog(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(`${path}: ${(error as Error).message}`);
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        columns: { type: 'string' },
        tolerance: { type: 'string' },
        examples: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const [fileA, fileB] = positionals;
const tolerance = values.tolerance === undefined ? undefined : Number(values.tolerance);
const examples = Number(values.examples);
if (fileA === undefined || fileB === undefined || positionals.length > 2) fail(USAGE);
if (tolerance !== undefined && !(tolerance >= 0)) fail('--tolerance must be a number of seconds');
if (!(Number.isInteger(examples) && examples >= 0)) fail('--examples must be a whole number');

const comparison = compareConnLogs(readLog(fileA), readLog(fileB), {
  ...(values.columns === undefined ? {} : { columns: values.columns.split(',') }),
  ...(tolerance === undefined ? {} : { timeTolerance: tolerance, durationTolerance: tolerance }),
});
const summary = summarise(comparison);
console.log(values.json ? JSON.stringify(summary, null, 2) : formatComparison(comparison, examples));
process.exitCode = summary.isSame ? 0 : 1;
