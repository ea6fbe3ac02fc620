/** `struct record` of bpf/capture.bpf.c, as 32-bit words before each frame. */
export const RECORD = {
  bytes: 24,
  timeLow: 0,
  timeHigh: 1,
  ifindex: 2,
  wireLen: 3,
  capLen: 4,
  vlanTag: 5,
} as const;

/** Fills the source columns of one row; `word` is where the record begins, `frameOffset` where its frame does. */
export interface RowWriter {
  write(words: Uint32Array, word: number, i: number, frameOffset: number): void;
}

/** What a buffer shared with the kernel gives. */
export interface PacketReader {
  /** Fills rows from 0 of a batch with what is there; gives their number. Frames stay valid until `release`. */
  fill(): number;
  /** Gives the frames of the last `fill` back to the kernel. */
  release(): void;
  close(): void;
}
