/** Just enough of protocol buffers to write a model file: fields of a message, one after the other. */

const FIRST_BYTES = 1024;
const WIRE = { varint: 0, length: 2 } as const;
const encoder = new TextEncoder();

export class MessageWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** An integer from 0 to 2^53. */
  int(field: number, value: number): this {
    this.#key(field, WIRE.varint);
    this.#varint(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.content);
  }

  bytes(field: number, value: Uint8Array): this {
    this.#key(field, WIRE.length);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** As `int`, many of them in one field. */
  ints(field: number, values: ArrayLike<number>): this {
    const packed = new MessageWriter();
    for (let i = 0; i < values.length; i++) packed.#varint(values[i]!);
    return this.message(field, packed);
  }

  singles(field: number, values: ArrayLike<number>): this {
    const packed = new Uint8Array(values.length * 4);
    const view = new DataView(packed.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true);
    return this.bytes(field, packed);
  }

  #key(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#length + bytes, this.#bytes.length * 2));
    wider.set(this.content);
    this.#bytes = wider;
  }
}
