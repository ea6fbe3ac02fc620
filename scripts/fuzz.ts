/**
 * Mutation fuzzing over the corpus: `npm run fuzz -- [--seconds N] [--seed N] [--target NAME]`.
 * Exit code 1 when something breaks; the input is then kept under test/fuzz/cases, where the tests run it again.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzzer.ts';
import { readSeeds } from '../test/fuzz/seeds.ts';
import type { FuzzCase } from '../test/fuzz/target.ts';
import { createTargets } from '../test/fuzz/targets.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } },
});
const seconds = Number(values.seconds ?? 30);
const seed = Number(values.seed ?? Date.now() % 1_000_000_007);
const targets = createTargets().filter((t) => values.target === undefined || t.name === values.target);
if (targets.length === 0 || !Number.isFinite(seconds) || !Number.isInteger(seed)) {
  console.error(
    `usage: fuzz [--seconds N] [--seed N] [--target ${createTargets()
      .map((t) => t.name)
      .join('|')}]`,
  );
  process.exit(2);
}

const until = Date.now() + seconds * 1000;
const { inputs, perTarget, failure } = await fuzz({
  targets,
  seeds: await readSeeds(),
  seed,
  goOn: () => Date.now() < until,
});
console.log(
  `${inputs} inputs, seed ${seed}: ${[...perTarget].map(([name, runs]) => `${name} ${runs}`).join(', ')}`,
);
console.log(`memory: ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
if (failure !== null) {
  const { target, input, error } = failure;
  const hex = Buffer.from(input.bytes).toString('hex');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const kept: FuzzCase = {
    target,
    linkType: input.linkType,
    wireLen: input.wireLen,
    hex,
    failure: text.split('\n')[0]!,
  };
  const name = `${target}-${createHash('sha256').update(hex).digest('hex').slice(0, 12)}.json`;
  const file = join(import.meta.dirname, '../test/fuzz/cases', name);
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  console.error(`${target} broke on ${input.bytes.length} bytes: ${text}`);
  console.error(`kept as ${relative(process.cwd(), file)}`);
  process.exit(1);
}
