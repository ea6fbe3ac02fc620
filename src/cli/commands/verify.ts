/** `lanscope verify`: does this capture still give this report? */
import type { Argv } from 'yargs';
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { analyze } from '../../engine/analyze.ts';
import { baselineOf } from '../../engine/baseline.ts';
import { configFromSettings, readConfig } from '../../engine/config.ts';
import { BASELINE_NAME, type LoadedBaseline } from '../../model/baseline/baseline-file.ts';
import type { Model } from '../../model/load.ts';
import { reportDigest } from '../../report/canonical.ts';
import { diffReports } from '../../report/diff/diff.ts';
import { renderDiffText } from '../../report/diff/render-text.ts';
import { EXACT_DIFF } from '../../report/diff/settings.ts';
import { matchInputs } from '../../report/input-names.ts';
import { readReport } from '../../report/read.ts';
import type { Report } from '../../report/schema.ts';
import { safeText } from '../../report/terminal/cell.ts';
import { BUNDLED, chosenBaseline, chosenModel } from '../model-option.ts';
import { requireBaseline } from '../detect-options.ts';
import { createProgress } from '../progress.ts';
import { selectionOf, selectionOptions } from '../selection.ts';
import { hasColor, terminalWidth, writeNotice, writeResult } from '../terminal.ts';
import { restoreStdin } from '../stdin-argument.ts';
import { version } from '../version.ts';

export function options(yargs: Argv) {
  return selectionOptions(yargs)
    .positional('report', {
      type: 'string',
      demandOption: true,
      describe: 'Report that was written by analyze -o',
    })
    .positional('capture', {
      type: 'string',
      array: true,
      coerce: (paths: string[]) => paths.map(restoreStdin),
      demandOption: true,
      describe: 'The captures that it is of',
    })
    .option('config', {
      type: 'string',
      describe: 'Thresholds and limits (JSON), instead of those that the report states',
      requiresArg: true,
    })
    .option('fingerprints', {
      type: 'string',
      describe: 'Folder of facts (.tsv) that it was made with, beside the built-in ones',
      requiresArg: true,
    })
    .option('baseline', {
      type: 'string',
      describe: 'The report that was its baseline, when it had one',
      requiresArg: true,
    })
    .option('model', {
      type: 'string',
      describe: 'The model that scored its flows, when it is not the one that comes along',
      requiresArg: true,
    })
    .option('baseline-model', {
      type: 'string',
      describe: 'The file of `lanscope baseline` that it was made beside, when there was one',
      requiresArg: true,
    })
    .epilogue(
      'Exit codes: 0 the same but for the names of captures, 1 another report, 2 bad usage or input.',
    );
}

type Arguments = Awaited<ReturnType<typeof options>['argv']>;

export async function run(args: Arguments): Promise<ExitCode> {
  const stated = await readReport(args.report);
  const held = reportDigest(stated);
  if (held !== stated.digest) {
    await writeResult(
      `DIFFERENT: ${args.report} was altered: it states digest ${stated.digest} and its content has ${held}\n`,
    );
    return EXIT.no;
  }
  const config =
    args.config === undefined ? configFromSettings(stated.settings) : await readConfig(args.config);
  const baseline = args.baseline === undefined ? undefined : baselineOf(await readReport(args.baseline));
  requireBaseline(config, baseline);
  const model = await modelOf(stated, args.model);
  const baselineModel = await baselineModelOf(stated, args.baselineModel);
  const selection = selectionOf(args);
  const progress = createProgress();
  const { report } = await analyze({
    paths: await findCaptures(args.capture),
    config,
    ...(args.fingerprints === undefined ? {} : { fingerprints: args.fingerprints }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(selection === null ? {} : { selection }),
    ...(baselineModel === undefined ? {} : { baselineModel }),
    ...(model === undefined ? {} : { model, onNotice: writeNotice }),
    // The digest covers the hashes of the inputs, and a report may be without.
    source: { noHash: stated.input.every(({ sha256 }) => sha256 === '') },
    onProgress: (state) => progress.update(state),
    version: version(),
  }).finally(() => progress.stop());
  // A capture that was moved or renamed is the same capture.
  const found = matchInputs(stated, report);
  const digest = reportDigest(found.report);
  const notes = found.names.map(
    ([name, here]) => `${safeText(name)} in the report is ${safeText(here)} here\n`,
  );
  if (digest === stated.digest) {
    await writeResult(`SAME: ${digest}\n${notes.join('')}`);
    return EXIT.ok;
  }
  // Of packets of one time, those of the capture that was named first come first.
  if (found.isReordered) notes.push('the captures are named in another order than in the report\n');
  const diff = diffReports(stated, found.report, EXACT_DIFF);
  const here = { inputs: report.input.map(({ name }) => name), digest };
  await writeResult(
    `DIFFERENT: the report states ${stated.digest}, the capture gives ${digest}\n${notes.join('')}\n` +
      renderDiffText({ ...diff, b: here }, { width: terminalWidth(), color: hasColor() }),
  );
  return EXIT.no;
}

/** The model that the report names. INPUT_NOT_FOUND when it is not at hand: without it the digest is another. */
async function modelOf(stated: Report, file: string | undefined): Promise<Model | undefined> {
  const wanted = stated.models.find(({ name }) => name !== BASELINE_NAME);
  if (wanted === undefined) return undefined;
  const model = await chosenModel(file ?? BUNDLED);
  // One that states no name is called as its file, which may be another one now.
  if (model?.sha256 === wanted.sha256) {
    return { ...model, description: { ...model.description, name: wanted.name } };
  }
  throw notAtHand(
    `the report's flows were scored by the model ${wanted.name}`,
    wanted.sha256,
    '--model FILE',
  );
}

/** As `modelOf`, for what `lanscope baseline` learned. */
async function baselineModelOf(
  stated: Report,
  file: string | undefined,
): Promise<LoadedBaseline | undefined> {
  const wanted = stated.models.find(({ name }) => name === BASELINE_NAME);
  if (wanted === undefined) return undefined;
  const baseline = file === undefined ? undefined : await chosenBaseline(file);
  if (baseline?.sha256 === wanted.sha256) return baseline;
  throw notAtHand('the report was made beside a learned baseline', wanted.sha256, '--baseline-model FILE');
}

function notAtHand(what: string, sha256: string, option: string): LanscopeError {
  return new LanscopeError(
    'INPUT_NOT_FOUND',
    `${what} with SHA-256 ${sha256}`,
    `Name its file with ${option}`,
  );
}
