import type { ByteStream } from '../byte-stream.ts';

/** A compressed container, known by its first bytes. */
export interface Compression {
  readonly name: string;
  /** True when `bytes[start, end)` starts with a container of this kind. */
  matches(bytes: Uint8Array, start: number, end: number): boolean;
  /**
   * The contents, piece by piece; a piece is valid until the next one is asked for. All members that follow each other
   * are one stream. Throws where the container is cut or damaged, after everything before that was given.
   */
  decompress(input: ByteStream): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Damage of a container: a phrase such as `is cut` or `is damaged (bad block)`. */
export class ContainerError extends Error {}

/** What a cut container throws. */
export function cut(): ContainerError {
  return new ContainerError('is cut');
}

export function damaged(what: string): ContainerError {
  return new ContainerError(`is damaged (${what})`);
}
