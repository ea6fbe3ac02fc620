/** `lanscope corpus score`: findings against labelled connections or truth, or identities against labelled devices. */
import { EXIT, type ExitCode, LanscopeError } from '../../bytes/error.ts';
import { settingsOf } from '../../harness/case-settings.ts';
import type { CorpusCase } from '../../harness/corpus.ts';
import { missedGates } from '../../harness/gates.ts';
import { renderFlowScore, renderIdentityScore } from '../../harness/render-score.ts';
import { cacheFolder, programDigest } from '../../harness/report-cache.ts';
import { reportOf } from '../../harness/run-case.ts';
import { type FlowScore, FlowScorer } from '../../harness/score-flows.ts';
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
    return scoreDetections(args, await scoringSettings(args));
  }
  return scoreFlows(args);
}

function scoringSettings(args: CorpusArguments): ReturnType<typeof settingsOf> {
  return settingsOf({
    configFile: args.config,
    fingerprints: args.fingerprints,
    version: version(),
    cache: args.cache ? cacheFolder() : null,
    program: args.cache ? programDigest() : '',
    record: false,
  });
}

async function scoreFlows(args: CorpusArguments): Promise<ExitCode> {
  const { corpus, cases } = await selectedCases(args);
  const settings = await scoringSettings(args);
  const total = new FlowScorer();
  const scored: { name: string; score: FlowScore }[] = [];
  const skipped: string[] = [];
  const missed: string[] = [];
  for (const one of cases) {
    const { name, capture, labels, entry } = one;
    if (capture === '' || labels === '') {
      skipped.push(name);
      if (!args.json) writeNotice(`${name}: ${missingPart(one)}`);
      continue;
    }
    const { report } = await reportOf(capture, settings);
    const own = new FlowScorer();
    await own.add(report, labels, args.threshold);
    total.merge(own);
    const score = own.score();
    scored.push({ name, score });
    missed.push(...missedGates(name, score, entry?.gates));
    if (!args.json) await writeResult(renderFlowScore(name, score));
  }
  if (scored.length === 0) {
    throw new LanscopeError(
      'INPUT_NOT_FOUND',
      'no case could be scored',
      'Scoring needs captures and labelled connections; --from DIR says where they are',
    );
  }
  const score = total.score();
  missed.push(...missedGates('total', score, corpus.manifest.gates));
  if (args.json) {
    const result = {
      corpus: corpus.manifest.name,
      threshold: args.threshold,
      total: score,
      cases: scored,
      skipped,
      missed,
    };
    await writeResult(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    if (scored.length > 1) await writeResult(renderFlowScore('total', score));
    for (const sentence of missed) writeNotice(sentence);
  }
  return missed.length > 0 ? EXIT.no : EXIT.ok;
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
  try {
    for (const capture of captures) {
      const { report } = await reportOf(capture.path, settings);
      judged.push({ capture, identity: report.devices.find(({ id }) => id === capture.mac)?.identity });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  const score = scoreIdentities(judged);
  await writeResult(args.json ? `${JSON.stringify(score, null, 2)}\n` : renderIdentityScore(score));
  return EXIT.ok;
}
