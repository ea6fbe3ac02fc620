/**
 * Compiles src/hot/assembly to WebAssembly: `npm run hot` writes src/hot/core.generated.ts. `--check` fails when that was
 * made from other sources; with `--compile` also when the compiler gives something else.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_UNACKED } from '../src/flow/tcp-content.ts';
import {
  COLUMN,
  DEVICE,
  KEYS,
  NO_RECORD,
  RECORD,
  RECORD_BASE,
  RECORD_BYTES,
  RECORD_WAY,
  RECORD_WAYS,
  RECORDS,
  STATE,
  TOTAL,
  TUNNEL_PORTS,
  UNCOMMON,
  WAY,
  WAY_BYTES,
  WAY_FIELD,
} from '../src/hot/layout.ts';

/** The compiler is fetched when it is used: it takes a hundred megabytes, for six kilobytes that seldom change. */
const COMPILER = 'assemblyscript@0.28.20';
const folder = join(import.meta.dirname, '../src/hot');
const target = join(folder, 'core.generated.ts');

/** The constants of layout.ts as AssemblyScript. */
function layout(): string {
  const lines: string[] = [];
  const constant = (name: string, value: number, type = 'usize'): void => {
    lines.push(`export const ${name}: ${type} = ${value};`);
  };
  const all = (prefix: string, fields: Readonly<Record<string, number>>): void => {
    for (const [name, value] of Object.entries(fields)) if (name !== 'end') constant(prefix + name, value);
  };
  all('', COLUMN);
  all('ST_', STATE);
  all('DEV_', DEVICE);
  all('WAY_', WAY_FIELD);
  // Fields of a record share no name with columns but these, which are named apart.
  for (const [name, value] of Object.entries(RECORD)) {
    if (name !== 'end') constant(name in COLUMN || name in STATE ? `record_${name}` : name, value);
  }
  all('TOTAL_', TOTAL);
  constant('KEYS', KEYS);
  constant('RECORD_BASE', RECORD_BASE);
  constant('RECORD_BYTES', RECORD_BYTES);
  constant('RECORD_WAY', RECORD_WAY);
  constant('WAY_BYTES', WAY_BYTES);
  constant('TUNNEL_PORTS', TUNNEL_PORTS);
  constant('UNCOMMON', UNCOMMON);
  constant('RECORDS', RECORDS, 'u32');
  constant('NO_RECORD', NO_RECORD, 'u32');
  constant('RECORD_WAYS', RECORD_WAYS, 'u32');
  constant('KNOWN', WAY.known, 'u32');
  constant('INSPECTED', WAY.inspected, 'u32');
  constant('DATA', WAY.data, 'u32');
  constant('ACKED', WAY.ack, 'u32');
  constant('MAX_UNACKED', MAX_UNACKED, 'u32');
  return lines.join('\n');
}

const files: readonly (readonly [name: string, text: string])[] = [
  ['layout.ts', layout()],
  ...readdirSync(join(folder, 'assembly'))
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => [name, readFileSync(join(folder, 'assembly', name), 'utf8')] as const),
];
const hash = createHash('sha256').update(`${COMPILER}\n`);
for (const [name, text] of files) hash.update(`${name} ${text.length}\n${text}`);
const digest = hash.digest('hex');

/** The compiled sources; null when the compiler cannot be had. */
function compile(): Buffer | null {
  const scratch = mkdtempSync(join(tmpdir(), 'lanscope-hot-'));
  try {
    for (const [name, text] of files) writeFileSync(join(scratch, name), text);
    const asc = [
      'core.ts',
      '-O3',
      '--runtime',
      'stub',
      '--noAssert',
      '--importMemory',
      '--outFile',
      'core.wasm',
    ];
    const { status, stdout, stderr } = spawnSync(
      'npm',
      ['exec', '--yes', `--package=${COMPILER}`, '--', 'asc', ...asc],
      { cwd: scratch, encoding: 'utf8' },
    );
    if (status === 0) return readFileSync(join(scratch, 'core.wasm'));
    console.error(stdout + stderr);
    return null;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const isCheck = process.argv.includes('--check');
if (isCheck && !readFileSync(target, 'utf8').includes(digest)) {
  console.error('src/hot/core.generated.ts is not made from what is in src/hot: npm run hot');
  process.exit(1);
}
// Sources that are the same give the same: the compiler is asked where it is sure to be there.
if (!isCheck || process.argv.includes('--compile')) {
  const wasm = compile();
  if (wasm === null) process.exit(1);
  const text = `/** Made by scripts/build-hot.ts from src/hot/assembly: ${wasm.length} bytes of WebAssembly. */

/** SHA-256 of compiler and sources. */
export const SOURCES = '${digest}';

export const CORE =
  '${wasm.toString('base64')}';
`;
  if (!isCheck) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('src/hot/core.generated.ts is not what its sources give: npm run hot');
    process.exit(1);
  }
}
