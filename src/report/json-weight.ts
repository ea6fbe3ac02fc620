/** Counts the values of JSON while it is read: millions of tiny ones take a hundred times the memory of their text. */

/** Values that any text may have, and from then on the bytes that each must have: reports have 13 and more. */
const FREE_VALUES = 1_000_000;
const LEAST_BYTES_PER_VALUE = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const OBJECT = 0x7b;

export class JsonWeight {
  /** Of what came so far; every value but the first follows a comma or begins a list or an object. */
  values = 0;
  bytes = 0;
  #isText = false;
  #isEscaped = false;

  get isTooDense(): boolean {
    return this.values > FREE_VALUES && this.values * LEAST_BYTES_PER_VALUE > this.bytes;
  }

  /** The next bytes of the text, which may end anywhere. */
  add(chunk: Uint8Array): void {
    let isText = this.#isText;
    let isEscaped = this.#isEscaped;
    let values = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
      } else if (byte === QUOTE) isText = true;
      else if (byte === COMMA || byte === LIST || byte === OBJECT) values++;
    }
    this.#isText = isText;
    this.#isEscaped = isEscaped;
    this.values += values;
    this.bytes += chunk.length;
  }
}
