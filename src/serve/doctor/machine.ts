/** What the checks ask of the machine: one place, so that tests can stand in for it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { release } from 'node:os';
import { loadCap } from '../../capture/live/cap-addon.ts';
import { capabilitySets } from '../privileges/capabilities.ts';

export interface Machine {
  readonly platform: string;
  readonly kernel: string;
  readonly nodeVersion: string;
  /** Path of the program that runs this. */
  readonly node: string;
  readonly uid: number;
  /** Capabilities that this process may use; null where there are none. */
  readonly permitted: bigint | null;
  exists(path: string): boolean;
  /** '' when it cannot be read. */
  read(path: string): string;
  /** Standard output; null when the program is not there or fails. */
  output(program: string, ...args: readonly string[]): string | null;
  /** Why a package cannot be used; '' when it can. */
  packageProblem(name: 'cap' | 'koffi' | 'onnxruntime-node'): string;
}

const PATIENCE_MS = 5000;
const MAX_REASON = 160;

export function thisMachine(): Machine {
  const require = createRequire(import.meta.url);
  return {
    platform: process.platform,
    kernel: release(),
    nodeVersion: process.versions.node,
    node: realpathSync(process.execPath),
    uid: process.getuid?.() ?? -1,
    permitted: capabilitySets()?.permitted ?? null,
    exists: existsSync,
    read(path) {
      try {
        return readFileSync(path, 'latin1').trim();
      } catch {
        return '';
      }
    },
    output(program, ...args) {
      const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: PATIENCE_MS });
      return status === 0 ? stdout : null;
    },
    packageProblem(name) {
      try {
        if (name === 'cap') loadCap();
        else {
          // As `model/onnx-runtime.ts` does.
          process.env['ORT_DISABLE_TELEMETRY'] = '1';
          require(name);
        }
        return '';
      } catch (error) {
        return (error as Error).message.split('\n')[0]!.slice(0, MAX_REASON);
      }
    },
  };
}
