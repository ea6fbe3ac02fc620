/** The parent's side of the process that captures. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import { type ErrorCode, LanscopeError } from '../../bytes/error.ts';
import type { ByteStream } from '../byte-stream.ts';
import { pipeStream } from '../pipe-stream.ts';

/** What the process says of itself, once. */
export type CaptureMessage =
  | { readonly opened: true }
  | { readonly opened: false; readonly code: ErrorCode; readonly message: string; readonly hint: string };

export interface CaptureProcess {
  /** pcapng; ends with the process, whyever that ended. */
  readonly stream: ByteStream;
  /** Asks the process to end; what it captured so far still comes through `stream`. */
  stop(): void;
  /** Ends the process and the stream. */
  close(): Promise<void>;
}

/** Time for a process to hand over what it holds; under a flood it does not hear that it should. */
const STOP_MS = 1000;

/** Resolves when packets are being captured; rejects with a LanscopeError when they cannot be. */
export async function startCapture(
  interfaces: readonly string[],
  kernelBufferBytes: number,
): Promise<CaptureProcess> {
  // Bundled, this is a chunk beside the process's own file; run from the sources both are TypeScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./libpcap-process.${extension}`, import.meta.url));
  const child = fork(file, [String(kernelBufferBytes), ...interfaces], {
    // What libpcap itself prints are warnings that hold for nothing here; errors come as messages.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ipc'],
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stream = pipeStream(child.stdio[3] as Readable);
  const message = await Promise.race([
    new Promise<CaptureMessage>((resolve) =>
      child.once('message', (said) => resolve(said as CaptureMessage)),
    ),
    gone.then(() => null),
  ]);
  if (message?.opened !== true) {
    await stream.close();
    throw message === null
      ? new LanscopeError('COMPONENT_MISSING', 'The process that captures ended at its start')
      : new LanscopeError(message.code, message.message, message.hint);
  }
  const stop = (): void => {
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    void gone.then(() => clearTimeout(kill));
  };
  return {
    stream,
    stop,
    async close() {
      await stream.close();
      stop();
      await gone;
    },
  };
}
