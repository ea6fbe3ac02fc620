/** Kills processes at random moments while they save, and looks what is left of the store each time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { readStore, saveReport } from '../../src/store/store.ts';
import { DEVICES, manyDevices } from './many-devices.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAVED_AT = '2026-01-01T00:00:00Z';
const LONGEST_WAIT_MS = 80;

export interface Kills {
  readonly kills: number;
  /** Saves that a killed process had reported as done. */
  readonly acknowledged: number;
  /** Times that the store held a save which the killed process could not report any more. */
  readonly ahead: number;
}

/** Asserts after every kill that the store opens, without a notice, and holds what was reported as saved. */
export async function killWhileSaving(kills: number, seed = 1): Promise<Kills> {
  const folder = mkdtempSync(join(tmpdir(), 'lanscope-kill-'));
  try {
    const writer = await bundleWriter(folder);
    const path = join(folder, 'store', 'db.json');
    let random = seed;
    let acknowledged = 0;
    let ahead = 0;
    let next = 1;
    for (let round = 0; round < kills; round++) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const waitMs = (random / 0x1_0000_0000) * LONGEST_WAIT_MS;
      const last = await runAndKill(writer, path, next, waitMs);
      const { captures, devices } = await readStore(path, { onNotice: (text) => assert.fail(text) });
      const held = captures.at(-1)!.packets;
      assert.ok(
        held === last || held === last + 1,
        `round ${round}: ${last} was saved, the store holds ${held}`,
      );
      assert.equal(devices.length, DEVICES);
      acknowledged += last - next + 1;
      if (held > last) ahead++;
      next = held + 1;
    }
    // What killed ones left behind, locks and half files, is in nobody's way.
    assert.equal(await saveReport(path, manyDevices(next), SAVED_AT), true);
    assert.deepEqual(readdirSync(dirname(path)).sort(), ['db.json', 'db.json.bak']);
    return { kills, acknowledged, ahead };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As one file of JavaScript: it starts in a tenth of the time. */
async function bundleWriter(folder: string): Promise<string> {
  const source = join(folder, 'writer.ts');
  const outfile = join(folder, 'writer.mjs');
  writeFileSync(
    source,
    `import { saveReport } from ${JSON.stringify(join(ROOT, 'src/store/store.ts'))};
     import { manyDevices } from ${JSON.stringify(join(ROOT, 'test/store/many-devices.ts'))};
     const [path, first] = process.argv.slice(2);
     for (let i = Number(first); ; i++) {
       await saveReport(path, manyDevices(i), '${SAVED_AT}');
       process.stdout.write(i + '\\n');
     }`,
  );
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    nodePaths: [join(ROOT, 'node_modules')],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}

/** Gives the last number that was reported as saved before the process was killed. */
function runAndKill(writer: string, path: string, first: number, waitMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, path, String(first)], { cwd: ROOT });
    let said = '';
    let errors = '';
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    child.stdout.on('data', (text: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), waitMs);
      said += text.toString();
    });
    child.on('error', reject);
    child.on('close', () => {
      const numbers = said.trim().split('\n');
      if (said === '') reject(new Error(`it saved nothing: ${errors}`));
      else resolve(Number(numbers.at(-1)));
    });
  });
}
