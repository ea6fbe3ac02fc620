/** `lanscope corpus score`: findings against labelled connections or truth, or identities against labelled devices. */
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { settingsOf } from '../../harness/case-settings.ts';
import type { CorpusCase } from '../../harness/corpus.ts';
import { type DamagedCapture, damagedIn, damageSentence } from '../../harness/damaged-capture.ts';
import { missedFalseAlarms, missedGates } from '../../harness/gates.ts';
import { renderIdentityScore, renderOpinions } from '../../harness/render-score.ts';
import { cacheFolder } from '../../harness/cache-folder.ts';
import { programDigest } from '../../harness/report-cache.ts';
import { reportOf } from '../../harness/run-case.ts';
import { type FlowScore, type FlowScorer } from '../../harness/score-flows.ts';
import { scoreLog } from '../../harness/score-log.ts';
import { OPINIONS, type Opinion, newScorers, opinionOf } from '../../harness/score-opinions.ts';
import type { Model } from '../../model/load.ts';
import { chosenModel } from '../model-option.ts';
import { type Judged, readLabels, scoreIdentities } from '../../harness/score-identity.ts';
import type { CorpusArguments } from '../commands/corpus.ts';
import { writeNotice, writeResult } from '../terminal.ts';
import { version } from '../version.ts';
import { countProgress } from './count-progress.ts';
import { scoreDetections } from './score-detections.ts';
import { selectedCases } from './selected-cases.ts';

export async function run(args: CorpusArguments): Promise<ExitCode> {
  if (args.identity !== undefined) return scoreIdentity(args.identity, args);
  if (args.detections !== undefined || args.benign.length > 0) {
    return scoreDetections(args, await scoringSettings(args), await chosenModel(args.model));
  }
  return scoreFlows(args);
}

function scoringSettings(args: CorpusArguments, model?: Model): ReturnType<typeof settingsOf> {
  const setup = {
    configFile: args.config,
    fingerprints: args.fingerprints,
    version: version(),
    cache: args.cache ? cacheFolder() : null,
    program: args.cache ? programDigest() : '',
    record: false,
  };
  return settingsOf(setup, model);
}

type Scores = Readonly<Partial<Record<Opinion, FlowScore>>>;

async function scoreFlows(args: CorpusArguments): Promise<ExitCode> {
  const { corpus, cases } = await selectedCases(args);
  const model = await chosenModel(args.model);
  const settings = await scoringSettings(args, model);
  const opinions = model === undefined ? OPINIONS.slice(0, 1) : OPINIONS;
  const totals = newScorers(opinions);
  const scored: { name: string; scores: Scores }[] = [];
  const logs: { name: string; scores: Scores }[] = [];
  const skipped: string[] = [];
  const damaged: DamagedCapture[] = [];
  const missed: string[] = [];
  for (const one of cases) {
    const { name, capture, labels, entry } = one;
    if (capture === '' && labels !== '') {
      const scores = scoresOf(await scoreLog(labels, settings, args.threshold));
      if (Object.keys(scores).length > 0) {
        logs.push({ name, scores });
        const by = scores.rules === undefined ? 'model on its log' : 'from its log, packets recreated';
        if (!args.json) await writeResult(renderOpinions(`${name}, ${by}${seenBy(model, name)}`, scores));
        continue;
      }
    }
    if (capture === '' || labels === '') {
      skipped.push(name);
      if (!args.json) writeNotice(`${name}: ${missingPart(one)}`);
      continue;
    }
    const { report } = await reportOf(capture, settings);
    for (const one of damagedIn(capture, report)) {
      damaged.push(one);
      writeNotice(damageSentence(one));
    }
    const own = newScorers(opinions);
    for (const [opinion, scorer] of own) {
      await scorer.add(opinionOf(report, opinion), labels, args.threshold);
      totals.get(opinion)!.merge(scorer);
    }
    const scores = scoresOf(own);
    scored.push({ name, scores });
    missed.push(...missedGates(name, scores.rules!, entry?.gates));
    if (!args.json) await writeResult(renderOpinions(`${name}${seenBy(model, name)}`, scores));
  }
  if (scored.length + logs.length === 0) {
    throw new LanscopeError(
      'INPUT_NOT_FOUND',
      'no case could be scored',
      'Scoring needs captures and labelled connections; --from DIR says where they are',
    );
  }
  const total = scoresOf(totals);
  if (scored.length > 0) missed.push(...missedGates('total', total.rules!, corpus.manifest.gates));
  missed.push(...missedShares(total, args.maxFalseAlarms));
  if (args.json) {
    const result = {
      corpus: corpus.manifest.name,
      threshold: args.threshold,
      model: model === undefined ? '' : model.sha256,
      total: total.rules,
      totals: total,
      cases: scored.map(({ name, scores }) => ({ name, score: scores.rules, scores })),
      logs,
      skipped,
      damaged,
      missed,
    };
    await writeResult(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    if (scored.length > 1) await writeResult(renderOpinions('total', total));
    for (const sentence of missed) writeNotice(sentence);
  }
  return missed.length > 0 ? EXIT.no : EXIT.ok;
}

/** Whose calls of benign connections are above `most`. */
function missedShares(scores: Scores, most: number | undefined): string[] {
  if (most === undefined) return [];
  return OPINIONS.flatMap((opinion) => {
    const { falsePositives, trueNegatives } = scores[opinion] ?? { falsePositives: 0, trueNegatives: 0 };
    return missedFalseAlarms(
      'total',
      opinion,
      falsePositives / Math.max(1, falsePositives + trueNegatives),
      most,
    );
  });
}

/** Said of results that prove nothing. */
function seenBy(model: Model | undefined, name: string): string {
  return model?.description.trainedOn.includes(name) === true ? ' (the model was trained on it)' : '';
}

function scoresOf(scorers: ReadonlyMap<Opinion, FlowScorer>): Scores {
  return Object.fromEntries([...scorers].map(([opinion, scorer]) => [opinion, scorer.score()]));
}

function missingPart({ capture, labels }: CorpusCase): string {
  if (capture === '' && labels === '') return 'skipped: neither its capture nor its labels are here';
  return capture === '' ? 'skipped: its capture is not here' : 'skipped: it has no labelled connections here';
}

async function scoreIdentity(labels: string, args: CorpusArguments): Promise<ExitCode> {
  const captures = readLabels(labels);
  const settings = await scoringSettings(args);
  const progress = countProgress(captures.length, 'captures');
  const judged: Judged[] = [];
  const damaged: DamagedCapture[] = [];
  try {
    for (const capture of captures) {
      const { report } = await reportOf(capture.path, settings);
      damaged.push(...damagedIn(capture.path, report));
      judged.push({ capture, identity: report.devices.find(({ id }) => id === capture.mac)?.identity });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  for (const one of damaged) writeNotice(damageSentence(one));
  const score = scoreIdentities(judged);
  await writeResult(args.json ? `${JSON.stringify(score, null, 2)}\n` : renderIdentityScore(score));
  return EXIT.ok;
}
