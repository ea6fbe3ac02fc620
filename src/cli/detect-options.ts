/** Options that say what is normal: thresholds and exceptions (`--config`), an earlier report, a time to learn in. */
import type { Argv } from 'yargs';
import { LanscopeError } from '../bytes/error.ts';
import type { Baseline } from '../detect/baseline.ts';
import { baselineOf } from '../engine/baseline.ts';
import { DEFAULT_CONFIG, type EngineConfig, readConfig } from '../engine/config.ts';
import { readReport } from '../report/read.ts';
import { parseSeconds } from './quantity-argument.ts';

export function detectOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('config', {
      type: 'string',
      describe: 'Thresholds, exceptions and limits (JSON)',
      requiresArg: true,
    })
    .option('baseline', {
      type: 'string',
      describe: 'Earlier report: its devices, their peers and domains are known',
      requiresArg: true,
    })
    .option('learn', {
      type: 'string',
      describe: 'What is met first within this time is normal, e.g. 2h',
      requiresArg: true,
    });
}

export interface DetectArguments {
  readonly config?: string | undefined;
  readonly baseline?: string | undefined;
  readonly learn?: string | undefined;
}

/** What an analysis needs to know of these options. CONFIG_INVALID, USAGE, REPORT_INVALID, INPUT_NOT_FOUND. */
export async function detectSettings(
  args: DetectArguments,
): Promise<{ config?: EngineConfig; baseline?: Baseline }> {
  const learnSeconds = parseSeconds('--learn', args.learn);
  const baseline = args.baseline === undefined ? undefined : baselineOf(await readReport(args.baseline));
  let config = args.config === undefined ? undefined : await readConfig(args.config);
  requireBaseline(config, baseline);
  if (learnSeconds !== undefined) {
    const { detect, ...others } = config ?? DEFAULT_CONFIG;
    config = { ...others, detect: { ...detect, learnSeconds } };
  }
  return { ...(config === undefined ? {} : { config }), ...(baseline === undefined ? {} : { baseline }) };
}

/** The settings may name a baseline by its digest: then it must be given, and be that one. USAGE. */
export function requireBaseline(config: EngineConfig | undefined, baseline: Baseline | undefined): void {
  const wanted = config?.detect.baseline ?? '';
  if (wanted === '' || wanted === baseline?.digest) return;
  throw new LanscopeError(
    'USAGE',
    baseline === undefined
      ? 'the settings name a baseline, which is not given'
      : 'the baseline is not the one that the settings name',
    `Give --baseline with the report of digest ${wanted}`,
  );
}
