/**
 * Records the cases of corpus/ that come from real programs: `tsx scripts/lab/record.ts [case …]`. Each scenario writes
 * corpus/<case>/capture.pcapng. Timestamps differ from run to run, so recording is a deliberate act; golden reports
 * are renewed afterwards with `lanscope corpus record` or the golden test's --update.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLab } from './lab.ts';
import { SCENARIOS } from './scenarios.ts';

const corpus = join(import.meta.dirname, '../../corpus');
const wanted = process.argv.slice(2);
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = join(corpus, name);
  mkdirSync(folder, { recursive: true });
  await withLab(async (lab) => {
    const raw = join(lab.folder, 'raw.pcap');
    await scenario(lab, raw);
    const target = join(folder, 'capture.pcapng');
    rmSync(target, { force: true });
    execFileSync('editcap', ['-F', 'pcapng', raw, target], { stdio: 'inherit' });
    console.log(
      `${name}: ${execFileSync('capinfos', ['-Mcu', target], { encoding: 'utf8' }).replaceAll(/\s+/g, ' ')}`,
    );
  });
}
