/** The command as it is built, in a folder of its own: starts faster than from the sources, and nobody edits it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './command.ts';

/** A file of the sources that is another in this build. */
export interface SourceChange {
  /** Below the project. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** The command as it is, built for this run of the tests already or in `folder`, which must not exist; its path. */
export function builtCommand(folder: string): string {
  return process.env['LANSCOPE_BUILT'] ?? buildCommand(folder);
}

/** What `npm pack` looks at, with the command as it is, in `folder/project`; its path. */
export function packableCopy(folder: string): string {
  const project = join(folder, 'project');
  cpSync(dirname(builtCommand(join(folder, 'built'))), join(project, 'dist'), { recursive: true });
  // Links are not packed.
  for (const name of ['package.json', 'bpf', 'corpus', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    cpSync(join(ROOT, name), join(project, name), { recursive: true });
  }
  return project;
}

/** Builds the project as a copy in `folder`, which must not exist; gives the path of the command. */
export function buildCommand(folder: string, ...changes: readonly SourceChange[]): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ['src', 'scripts', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  for (const name of ['node_modules', 'corpus', 'bpf']) symlinkSync(join(ROOT, name), join(folder, name));
  for (const { path, from, to } of changes) {
    const text = readFileSync(join(folder, path), 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${path} does not hold '${from}' once`);
    writeFileSync(join(folder, path), text.replace(from, to));
  }
  const args = ['--import', import.meta.resolve('tsx'), 'scripts/build.ts'];
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return join(folder, 'dist/lanscope.js');
}
