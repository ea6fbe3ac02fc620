/** What the fuzzer gives and what it asks. A new thing to fuzz is one `FuzzTarget` in `targets.ts`. */

/** One frame, or for a target of kind `capture` a whole file. */
export interface FuzzInput {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  /** At least the number of bytes. */
  readonly wireLen: number;
}

export interface FuzzTarget {
  readonly name: string;
  /** What it is fed with: mutated frames, or mutated capture files. */
  readonly kind: 'frame' | 'capture';
  /** Throws when something that must hold does not. Must give the same outcome for the same input. */
  run(input: FuzzInput): void | Promise<void>;
}

/** An input that broke a target, as it is kept in a file. */
export interface FuzzCase {
  readonly target: string;
  readonly linkType: number;
  readonly wireLen: number;
  readonly hex: string;
  /** What broke, the first line. */
  readonly failure: string;
}

export function inputOf(kept: FuzzCase): FuzzInput {
  return {
    bytes: Uint8Array.from(Buffer.from(kept.hex, 'hex')),
    linkType: kept.linkType,
    wireLen: kept.wireLen,
  };
}
