/**
 * Which facts of the knowledge base a set of captures exercises, by file, and with `--list` those that none does:
 *   tsx scripts/fact-coverage.ts [--list] [--products] CAPTURE|FOLDER...
 * `--products` counts what the products of the tests are publicly known to say, too. A fact without a capture is not
 * wrong, but nobody has seen it work.
 */
import { parseArgs } from 'node:util';
import { findCaptures } from '../src/capture/find-captures.ts';
import { analyze } from '../src/engine/analyze.ts';
import { fuse } from '../src/fingerprint/fuse.ts';
import { builtInKnowledge } from '../src/fingerprint/knowledge.ts';
import { formatPercent } from '../src/report/quantity.ts';
import { readProducts } from '../test/fingerprint/products.ts';

const { values, positionals } = parseArgs({
  options: { list: { type: 'boolean' }, products: { type: 'boolean' } },
  allowPositionals: true,
});
const knowledge = builtInKnowledge();
for (const path of await findCaptures(positionals))
  await analyze({ paths: [path], source: { noHash: true }, version: 'coverage' });

if (values.products === true) for (const { evidence, mac } of readProducts()) fuse(evidence, mac);

const files = new Map<string, { facts: number; matched: number }>();
for (const { origin, kind, pattern } of knowledge.facts) {
  const file = origin.slice(0, origin.indexOf(':'));
  const entry = files.get(file) ?? { facts: 0, matched: 0 };
  entry.facts++;
  if (knowledge.matched.has(origin)) entry.matched++;
  else if (values.list === true) console.log(`${origin}\t${kind}\t${pattern}`);
  files.set(file, entry);
}
for (const [file, { facts, matched }] of files) console.log(`${file}: ${matched} of ${facts} facts matched`);
const { length } = knowledge.facts;
const all = knowledge.facts.filter(({ origin }) => knowledge.matched.has(origin)).length;
console.log(`${all} of ${length} facts matched, ${formatPercent(all / length)}`);
