/**
 * Compiles bpf/*.bpf.c with clang into the objects beside them, which are shipped: nobody needs clang to install or run
 * lanscope. bpf/build.json states what they were made of and with. The objects are little-endian and fit any
 * little-endian machine. Nothing in them depends on this machine: no header, no path.
 *
 * Another output folder may be given: `tsx scripts/build-bpf.ts FOLDER`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'bpf');

/** What the objects are made with; a test compares rebuilt ones only when this is the same. */
export interface BpfBuild {
  readonly clang: string;
  /** SHA-256 by file name, sources and objects. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** `null` without clang that can make BPF code, or without llvm-strip. */
export function clangVersion(): string | null {
  try {
    const targets = execFileSync('clang', ['--print-targets'], { encoding: 'utf8' });
    execFileSync('llvm-strip', ['--version'], { stdio: 'ignore' });
    const version = execFileSync('clang', ['--version'], { encoding: 'utf8' });
    return /\bbpfel\b/.test(targets) ? (/version (\d+\.\d+\.\d+)/.exec(version)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

const FLAGS = ['-target', 'bpfel', '-mcpu=v2', '-O2', '-g', '-Wall', '-Wextra', '-Werror', '-nostdinc'];

export function buildBpf(outputFolder: string): string[] {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.bpf.c'));
  mkdirSync(outputFolder, { recursive: true });
  return sources.map((source) => {
    const object = source.replace(/c$/, 'o');
    const output = join(outputFolder, object);
    execFileSync('clang', [...FLAGS, '-ffile-compilation-dir=.', '-c', source, '-o', output], {
      cwd: folder,
      stdio: 'inherit',
    });
    // Debugging information goes, BTF stays: libbpf reads the maps from it.
    execFileSync('llvm-strip', ['--strip-debug', output], { stdio: 'inherit' });
    return object;
  });
}

function main(outputFolder: string): number {
  const clang = clangVersion();
  if (clang === null) {
    process.stderr.write(
      'build:bpf needs clang with its BPF target and llvm-strip (Debian, Ubuntu: apt-get install clang llvm). ' +
        'The objects in bpf/ are built already; only changing their sources takes a compiler.\n',
    );
    return 3;
  }
  const objects = buildBpf(outputFolder);
  const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  const build: BpfBuild = {
    clang,
    sha256: Object.fromEntries([
      ...sources.sort().map((name) => [name, sha256(join(folder, name))]),
      ...objects.map((name) => [name, sha256(join(outputFolder, name))]),
    ]) as Record<string, string>,
  };
  writeFileSync(join(outputFolder, 'build.json'), `${JSON.stringify(build, null, 2)}\n`);
  process.stdout.write(`${objects.join(', ')}: built with clang ${clang}\n`);
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv[2] ?? folder);
