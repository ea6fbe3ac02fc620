/**
 * Rules, a model, and both side by side, by connection, on captures whose truth is known:
 * `npx tsx scripts/score-opinions.ts DIR… [--model FILE|default] [--threshold SEVERITY]`.
 */
import { parseArgs } from 'node:util';
import { Attribution } from '../src/harness/attribution.ts';
import { SEVERITIES } from '../src/detect/finding.ts';
import { analyze } from '../src/engine/analyze.ts';
import { readTruths } from '../src/harness/detection-truth.ts';
import { renderOpinions } from '../src/harness/render-score.ts';
import { newScorers, OPINIONS, opinionOf } from '../src/harness/score-opinions.ts';
import { TruthLabels } from '../src/harness/truth-labels.ts';
import { formatPercent } from '../src/report/quantity.ts';
import { bundledModel, loadModel } from '../src/model/load.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'default' },
    threshold: { type: 'string', default: 'medium' },
  },
});
const threshold = SEVERITIES.find((severity) => severity === values.threshold);
if (threshold === undefined) throw new Error(`--threshold is one of ${SEVERITIES.join(', ')}`);
const loaded = await loadModel(values.model === 'default' ? bundledModel() : values.model);
if ('problem' in loaded) throw new Error(`${values.model} ${loaded.problem}`);

const captures = readTruths(positionals);
const scorers = newScorers(OPINIONS);
for (const { capture, episodes } of captures) {
  const labels = new TruthLabels(episodes);
  const { report } = await analyze({
    paths: [capture],
    model: loaded.model,
    outputs: [labels],
    version: 'score-opinions',
  });
  for (const [opinion, scorer] of scorers) {
    const attribution = new Attribution(opinionOf(report, opinion), threshold);
    for (const flow of labels.flows) scorer.count(flow, attribution);
  }
}
const scores = Object.fromEntries([...scorers].map(([opinion, scorer]) => [opinion, scorer.score()]));
process.stdout.write(renderOpinions(`${captures.length} captures, findings from ${threshold}`, scores));

// A flood is many connections: what is found of each kind of attack, all alike, says more. Differences of F1 are small.
for (const [opinion, scorer] of scorers) {
  const { f1, labels } = scorer.score();
  const recall = labels.reduce((sum, label) => sum + label.recall, 0) / Math.max(1, labels.length);
  process.stdout.write(
    `${opinion}: F1 ${f1.toFixed(4)}, mean recall of ${labels.length} kinds of attack ${formatPercent(recall)}\n`,
  );
}
