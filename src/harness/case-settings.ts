/** What all cases of a run have in common: as it is told to other processes, and as it is used. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '../bytes/order.ts';
import { DEFAULT_CONFIG, type EngineConfig, readConfig } from '../engine/config.ts';
import type { Model } from '../model/load.ts';
import { ReportCache } from './report-cache.ts';

/** What a run was asked for; everything in it can cross to another process. */
export interface RunSetup {
  /** Configuration file, or undefined for the defaults. */
  readonly configFile: string | undefined;
  /** Folder of facts beside the built-in ones. */
  readonly fingerprints?: string | undefined;
  readonly version: string;
  /** Folder of the cache, or null for none. */
  readonly cache: string | null;
  /** `programDigest()`, or '' without a cache. */
  readonly program: string;
  /** Write golden reports instead of comparing with them. */
  readonly record: boolean;
}

export interface CaseSettings {
  readonly config: EngineConfig;
  readonly fingerprints?: string | undefined;
  readonly version: string;
  readonly cache: ReportCache | null;
  readonly record: boolean;
  /** Scores flows; rules alone when absent. */
  readonly model?: Model | undefined;
}

/** CONFIG_INVALID when the configuration cannot be read. */
export async function settingsOf(setup: RunSetup, model?: Model): Promise<CaseSettings> {
  const { configFile, fingerprints, version, cache, program, record } = setup;
  const config = configFile === undefined ? DEFAULT_CONFIG : await readConfig(configFile);
  const facts = fingerprints === undefined ? '' : contentOf(fingerprints);
  return {
    config,
    fingerprints,
    version,
    cache:
      cache === null ? null : new ReportCache(cache, { config, facts, model: model?.sha256 ?? '' }, program),
    record,
    model,
  };
}

/** Names and contents of the files of facts; what is wrong with the folder is for the analysis to say. */
function contentOf(folder: string): string {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.tsv'));
    return JSON.stringify(
      names.sort(compareText).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  } catch {
    return '';
  }
}
