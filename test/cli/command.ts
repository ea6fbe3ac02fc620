/**
 * Runs the real command, as a person would: the one that `npm test` has built beforehand, which starts in a fifth of the
 * time, or from the sources where a test is run by itself.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

const built = process.env['LANSCOPE_BUILT'];
type Command = readonly [program: string, ...args: string[]];
const SOURCES: Command = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(ROOT, 'src/cli/main.ts'),
];
/** Program and first arguments; its own arguments follow. */
export const COMMAND: Command = built === undefined ? SOURCES : [process.execPath, built];
export const IS_BUILT = built !== undefined;
// Coverage is that of the sources: of what is built nobody could read it.
const coverage = process.env['NODE_V8_COVERAGE'];
if (IS_BUILT) delete process.env['NODE_V8_COVERAGE'];

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: Uint8Array | string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export function lanscope(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  return run(COMMAND, args, options);
}

/** The same from the sources, whatever was built; coverage is measured. */
export function lanscopeFromSources(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const measured = coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage };
  return run(SOURCES, args, { ...options, env: { ...options.env, ...measured } });
}

function run(command: Command, args: readonly string[], options: CommandOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const [program, ...first] = command;
    const child = spawn(program, [...first, ...args], {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // The command may refuse its arguments before it reads.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
  });
}
