import { LanscopeError } from '../../bytes/error.ts';
import type { ByteStream } from '../byte-stream.ts';
import { type CaptureProcess, startCapture } from './capture-process.ts';
import { interfaceState } from './interfaces.ts';

export interface LiveStreamOptions {
  /** Memory that the kernel keeps packets in until they are read, for each interface. */
  readonly kernelBufferBytes: number;
  /** Told what a person should know: an interface went down, came back. */
  readonly onNotice: (text: string) => void;
  /** Given every byte in order, before it is handed on; awaited. It must not throw. */
  readonly record?: (bytes: Uint8Array) => Promise<void>;
}

/** How often it is looked whether an interface is back. */
const RETRY_MS = 500;
/** Processes in a row that end without a packet while all interfaces are up, before capturing is given up. */
const MAX_FRUITLESS = 4;

/**
 * What is captured on interfaces, as one pcapng stream. Capturing ends with its process when an interface goes
 * down; it starts again, as a new section, on the interfaces that are up and again when the others are back.
 */
export class LiveStream implements ByteStream {
  readonly #interfaces: readonly string[];
  readonly #options: LiveStreamOptions;
  #process: CaptureProcess | null = null;
  #stopped = false;
  #fruitless = 0;
  /** Nothing was read of the current process. */
  #isFresh = true;
  #wake: (() => void) | null = null;
  #watch: NodeJS.Timeout | null = null;

  constructor(interfaces: readonly string[], options: LiveStreamOptions) {
    this.#interfaces = interfaces;
    this.#options = options;
  }

  /** Rejects with a LanscopeError when one of the interfaces cannot be captured on. */
  async open(): Promise<void> {
    const started = await startCapture(this.#interfaces, this.#options.kernelBufferBytes);
    if (this.#stopped) await started.close();
    else this.#process = started;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    for (;;) {
      const got = (await this.#process?.stream.read(target, offset, length)) ?? 0;
      if (got > 0) {
        // The first read of a process is the header of its section.
        if (this.#isFresh) this.#isFresh = false;
        else this.#fruitless = 0;
        await this.#options.record?.(target.subarray(offset, offset + got));
        return got;
      }
      if (this.#stopped || !(await this.#restart())) return 0;
    }
  }

  /** Ends capturing; what was captured is still handed on. */
  stop(): void {
    this.#stopped = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#process?.stop();
    this.#wake?.();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#process?.close();
  }

  /** False when capturing is over. */
  async #restart(): Promise<boolean> {
    const { onNotice } = this.#options;
    if (++this.#fruitless > MAX_FRUITLESS) {
      onNotice('capturing ends again and again; the report covers what came before');
      return false;
    }
    const before = this.#down();
    if (before.length > 0) onNotice(`${before.join(', ')} went down; capturing goes on when it is up again`);
    do await this.#pause();
    while (!this.#stopped && this.#down().length === this.#interfaces.length);
    if (this.#stopped) return false;
    const missing = this.#down();
    const up = this.#interfaces.filter((name) => !missing.includes(name));
    try {
      const started = await startCapture(up, this.#options.kernelBufferBytes);
      this.#process = started;
      this.#isFresh = true;
      // It was stopped meanwhile, and this one does not know.
      if (this.#stopped) started.stop();
    } catch (error) {
      if (!(error instanceof LanscopeError)) throw error;
      // It went down again meanwhile.
      if (this.#down().length > missing.length) return true;
      onNotice(`${error.message}; the report covers what came before`);
      return false;
    }
    onNotice(`capturing on ${up.join(', ')} again`);
    if (missing.length > 0) this.#restartWhenBack(missing);
    return true;
  }

  #restartWhenBack(missing: readonly string[]): void {
    const process = this.#process;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      if (this.#process === process && !missing.some((name) => interfaceState(name) !== 'down')) return;
      clearInterval(this.#watch!);
      if (this.#process === process) process?.stop();
    }, RETRY_MS);
  }

  #down(): string[] {
    return this.#interfaces.filter((name) => interfaceState(name) === 'down');
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
