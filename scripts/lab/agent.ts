/** The other end of `send/agent.py`: one process in a host's namespace that does what it is told. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Lab } from './lab.ts';

export const PYTHON = '/usr/bin/python3';
/** No command takes longer; one that does is given up, so that a recording ends. */
const COMMAND_TIMEOUT_MS = 60_000;

export type Command = { readonly do: string } & Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

export class Agent {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #next = 1;

  constructor(lab: Lab, host: string) {
    this.#child = lab.talk(host, [PYTHON, '-u', join(import.meta.dirname, 'send/agent.py')]);
    this.#child.stdin.on('error', () => {});
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as { id: number };
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  /** What it answered; `error` when it failed or took too long. */
  do(command: Command): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ error: 'took too long' }), COMMAND_TIMEOUT_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }
}
