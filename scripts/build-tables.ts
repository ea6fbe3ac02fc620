/** Writes the derived tables into README.md; with `--check` only says whether they are what they should be. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './tables.ts';

const readme = join(import.meta.dirname, '../README.md');
const before = readFileSync(readme, 'utf8');
const after = withTables(before);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('README.md: tables are stale; run tsx scripts/build-tables.ts');
    process.exit(1);
  }
} else {
  writeFileSync(readme, after);
}
