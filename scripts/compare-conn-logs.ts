/**
 * Compares two connection logs column by column: `tsx scripts/compare-conn-logs.ts A B [examples]`. Either may be
 * TSV with a header, JSON lines, or IoT-23's `|`-separated form. Exit code 1 when rows are missing on one side.
 */
import { readFileSync } from 'node:fs';
import { compareConnLogs, formatComparison, parseConnLog } from './conn-log.ts';

const [fileA, fileB, examples] = process.argv.slice(2);
if (fileA === undefined || fileB === undefined) {
  console.error('usage: tsx scripts/compare-conn-logs.ts A B [examples]');
  process.exit(2);
}
const comparison = compareConnLogs(
  parseConnLog(readFileSync(fileA, 'utf8')),
  parseConnLog(readFileSync(fileB, 'utf8')),
);
console.log(formatComparison(comparison, examples === undefined ? 3 : Number(examples)));
process.exitCode = comparison.onlyA.length + comparison.onlyB.length === 0 ? 0 : 1;
