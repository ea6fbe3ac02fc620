/**
 * Writes src/report/report.schema.json from src/report/schema.ts, the one truth. With `--check` it writes nothing and
 * fails when the file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ReportSchema } from '../src/report/schema.ts';

const path = join(import.meta.dirname, '../src/report/report.schema.json');
const config = await resolveConfig(path);
const { $schema, $id, title, description, ...rest } = ReportSchema as typeof ReportSchema &
  Record<string, unknown>;
const wanted = await format(JSON.stringify({ $schema, $id, title, description, ...rest }), {
  ...config,
  parser: 'json',
});

if (!process.argv.includes('--check')) {
  writeFileSync(path, wanted);
} else if (readTextOrEmpty(path) !== wanted) {
  console.error('src/report/report.schema.json is stale: run `npx tsx scripts/build-schema.ts`');
  process.exit(1);
}

function readTextOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
