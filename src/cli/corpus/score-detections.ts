/** `lanscope corpus score --detections`: findings against what is known to have happened. */
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { findCaptures } from '../../capture/find-captures.ts';
import { type CaseSettings } from '../../harness/case-settings.ts';
import { type DamagedCapture, damagedIn, damageSentence } from '../../harness/damaged-capture.ts';
import { readTruths, type TrueCapture } from '../../harness/detection-truth.ts';
import { missedDetectionGates, missedBenignGate } from '../../harness/gates.ts';
import type { Gates } from '../../harness/manifest.ts';
import { renderBenignScore, renderDetectionScore } from '../../harness/render-detections.ts';
import { reportOf } from '../../harness/run-case.ts';
import { BenignScorer } from '../../harness/score-benign.ts';
import { DetectionScorer } from '../../harness/score-detections.ts';
import { OPINIONS, opinionOf } from '../../harness/score-opinions.ts';
import type { Model } from '../../model/load.ts';
import type { CorpusArguments } from '../commands/corpus.ts';
import { writeNotice, writeResult } from '../terminal.ts';
import { countProgress } from './count-progress.ts';
import { selectedCases } from './selected-cases.ts';

/** Captures in which nothing hostile happens are scored by connection too, with `model`; attacks are judged by rules alone. */
export async function scoreDetections(
  args: CorpusArguments,
  settings: CaseSettings,
  model: Model | undefined,
): Promise<ExitCode> {
  const { name, captures, gates } = await capturesOf(args);
  const scorer = new DetectionScorer(args.threshold);
  const benign = new BenignScorer(args.threshold, model === undefined ? ['rules'] : OPINIONS);
  const damaged: DamagedCapture[] = [];
  const progress = countProgress(captures.length, 'captures');
  try {
    for (const { name: each, capture, episodes } of captures) {
      const report =
        episodes.length === 0
          ? opinionOf(await benign.add(capture, { ...settings, model }), 'rules')
          : (await reportOf(capture, settings)).report;
      scorer.add(each, report, episodes);
      damaged.push(...damagedIn(capture, report));
      progress.step();
    }
  } finally {
    progress.stop();
  }
  for (const one of damaged) writeNotice(damageSentence(one));
  const score = scorer.score();
  const ofBenign = benign.score();
  const missed = [
    ...missedDetectionGates(name, score, gates),
    ...missedBenignGate(name, ofBenign, args.maxFalseAlarms ?? gates?.falseAlarmsPerFlow),
  ];
  // Who asks for it in so many words wants to know that nothing was measured.
  if (args.maxFalseAlarms !== undefined && ofBenign.flows === 0) {
    missed.push(`${name}: no benign connection was there to measure false alarms by`);
  }
  if (args.json) {
    const result = { threshold: args.threshold, ...score, benign: ofBenign, damaged, gates: missed };
    await writeResult(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    await writeResult(renderDetectionScore(score));
    if (ofBenign.flows > 0) await writeResult(`\n${renderBenignScore(ofBenign)}`);
    for (const sentence of missed) writeNotice(sentence);
  }
  return missed.length > 0 ? EXIT.no : EXIT.ok;
}

interface Wanted {
  readonly name: string;
  readonly captures: readonly TrueCapture[];
  readonly gates: Gates | undefined;
}

/** Truth files and benign captures as given; without any, the cases of the corpus that have a truth file. */
async function capturesOf(args: CorpusArguments): Promise<Wanted> {
  const given = [
    ...readTruths(args.detections ?? []),
    ...(await findCaptures(args.benign)).map((capture) => ({ name: capture, capture, episodes: [] })),
  ];
  if (args.corpus === undefined) {
    if (given.length > 0) return { name: 'total', captures: given, gates: undefined };
    throw new LanscopeError(
      'USAGE',
      'corpus score --detections needs truth files, --benign captures, or a corpus',
    );
  }
  const { corpus, cases } = await selectedCases(args);
  const known = cases.flatMap(({ name, truth }) =>
    readTruths(truth === '' ? [] : [truth]).map((one) => ({ ...one, name })),
  );
  const captures = [...known, ...given];
  if (captures.length === 0) {
    throw new LanscopeError('INPUT_NOT_FOUND', `no case of ${corpus.manifest.name} has a truth file`);
  }
  return { name: corpus.manifest.name, captures, gates: corpus.manifest.gates };
}
