import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CONN_SET } from '../../src/detect/features/conn-set.ts';
import { extractFromCaptures, extractFromLog, isConnLog } from '../../src/harness/features/extract.ts';
import {
  type FeatureFile,
  openFeatureFile,
  type RowContext,
} from '../../src/harness/features/feature-file.ts';
import type { Scenario } from './scenario.ts';

/** Rows of one class that are kept one by one; of what follows every `THIN`th. */
const WHOLE = 20_000;
const THIN = 16;

/** What the training reads of a scenario. */
export interface ExtractedScenario extends Omit<Scenario, 'inputs'> {
  readonly table: string;
  readonly rows: number;
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[];
}

/** Writes the features of a scenario to `folder/table`; windows are counted over all of its rows. */
export async function extractScenario(
  scenario: Scenario,
  folder: string,
  table: string,
): Promise<ExtractedScenario> {
  const file = new ThinnedFile(await openFeatureFile(`${folder}/${table}`, CONN_SET));
  for (const path of scenario.inputs) {
    if (await isConnLog(path)) await extractFromLog(path, 'conn', null, file);
    else {
      await extractFromCaptures({ paths: [path], source: { noHash: true }, version: '' }, 'conn', null, file);
    }
  }
  await file.end();
  const { name, kind, unlabelled, origin, licence } = scenario;
  const inputs = scenario.inputs.map((path) => ({
    name: basename(path),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  }));
  return { name, kind, unlabelled, origin, licence, table, rows: file.kept, inputs };
}

/** Floods have millions of rows that say the same. */
class ThinnedFile implements FeatureFile {
  kept = 0;
  readonly #file: FeatureFile;
  readonly #seen = new Map<string, number>();

  constructor(file: FeatureFile) {
    this.#file = file;
  }

  row(context: RowContext, features: Float32Array, at: number): void {
    const seen = this.#seen.get(context.label) ?? 0;
    this.#seen.set(context.label, seen + 1);
    if (seen >= WHOLE && seen % THIN !== 0) return;
    this.kept++;
    this.#file.row(context, features, at);
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  end(): Promise<void> {
    return this.#file.end();
  }
}
