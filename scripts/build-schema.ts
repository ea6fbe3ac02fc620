/**
 * Writes the published JSON Schemas from the TypeScript files that are their truth. With `--check` it writes nothing
 * and fails when one is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { DiffSchema } from '../src/report/diff/schema.ts';
import { ReportSchema } from '../src/report/schema.ts';

const SCHEMAS: readonly (readonly [file: string, schema: object])[] = [
  ['src/report/report.schema.json', ReportSchema],
  ['src/report/diff/diff.schema.json', DiffSchema],
];

let stale = 0;
for (const [file, schema] of SCHEMAS) {
  const path = join(import.meta.dirname, '..', file);
  const wanted = await publish(schema, path);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, wanted);
  } else if (readTextOrEmpty(path) !== wanted) {
    console.error(`${file} is stale: run \`npx tsx scripts/build-schema.ts\``);
    stale++;
  }
}
process.exitCode = stale > 0 ? 1 : 0;

async function publish(schema: object, path: string): Promise<string> {
  const { $schema, $id, title, description, ...rest } = schema as Record<string, unknown>;
  const config = await resolveConfig(path);
  return format(JSON.stringify({ $schema, $id, title, description, ...rest }), { ...config, parser: 'json' });
}

function readTextOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
