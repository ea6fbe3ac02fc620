/**
 * What is in the windows of hosts, counted: flows of a host with another, on a port, and with another on a port. An open
 * addressing table of integers that grows with what is in windows and forgets what left them.
 */

/** Cells to begin with; a power of two. */
const FIRST_CELLS = 1 << 12;
/** Integers of a cell: two of the key, flows, and how many different there are among these. An empty cell has no flows. */
const WIDTH = 4;
const FLOWS = 2;
const DIFFERENT = 3;

/** In place of a port (17 bits) and of another host (30 bits): any. */
const ANY_PORT = 0x3_ffff;
const ANY_OTHER = 0x7fff_ffff;
const SLOT_SHIFT = 18;

export class WindowCounts {
  #cells = new Int32Array(FIRST_CELLS * WIDTH);
  #mask = FIRST_CELLS - 1;
  #used = 0;

  // Of the flow that came or left last:
  /** Whether it is the only one with its other side, and the only one on its port. */
  isOnlyOfOther = false;
  isOnlyOnPort = false;
  /** Different other sides on its port, different ports of its other side. */
  othersOnPort = 0;
  portsOfOther = 0;

  /** A flow came into the window of the host at `slot`, 13 bits. */
  enter(slot: number, other: number, port: number): void {
    if ((this.#used + 3) * 2 > this.#mask) this.#grow();
    const host = slot << SLOT_SHIFT;
    const isFirstOfPair = this.#count(other, host | port, 0) === 1;
    this.isOnlyOfOther = this.#count(other, host | ANY_PORT, isFirstOfPair ? 1 : 0) === 1;
    this.portsOfOther = this.#different;
    this.isOnlyOnPort = this.#count(ANY_OTHER, host | port, isFirstOfPair ? 1 : 0) === 1;
    this.othersOnPort = this.#different;
  }

  /** A flow left it. */
  leave(slot: number, other: number, port: number): void {
    const host = slot << SLOT_SHIFT;
    const isLastOfPair = this.#uncount(other, host | port, 0);
    this.isOnlyOfOther = this.#uncount(other, host | ANY_PORT, isLastOfPair ? 1 : 0);
    this.isOnlyOnPort = this.#uncount(ANY_OTHER, host | port, isLastOfPair ? 1 : 0);
  }

  /** Different ones of the cell that was counted last. */
  #different = 0;

  /** Flows of the cell with this one. */
  #count(a: number, b: number, different: number): number {
    const cells = this.#cells;
    const at = this.#find(a, b);
    if (cells[at + FLOWS] === 0) {
      cells[at] = a;
      cells[at + 1] = b;
      this.#used++;
    }
    this.#different = cells[at + DIFFERENT]! + different;
    cells[at + DIFFERENT] = this.#different;
    return ++cells[at + FLOWS]!;
  }

  /** Whether no flow is left. */
  #uncount(a: number, b: number, different: number): boolean {
    const cells = this.#cells;
    const at = this.#find(a, b);
    cells[at + DIFFERENT]! -= different;
    if (--cells[at + FLOWS]! > 0) return false;
    this.#remove(at);
    return true;
  }

  /** Where the key is, or the empty cell that it would take. */
  #find(a: number, b: number): number {
    const cells = this.#cells;
    for (let cell = hash(a, b) & this.#mask; ; cell = (cell + 1) & this.#mask) {
      const at = cell * WIDTH;
      if ((cells[at] === a && cells[at + 1] === b) || cells[at + FLOWS] === 0) return at;
    }
  }

  /** Empties a cell; those behind it that were kept from their place move up. */
  #remove(from: number): void {
    const cells = this.#cells;
    const mask = this.#mask;
    let hole = from / WIDTH;
    for (let cell = (hole + 1) & mask; cells[cell * WIDTH + FLOWS] !== 0; cell = (cell + 1) & mask) {
      const wanted = hash(cells[cell * WIDTH]!, cells[cell * WIDTH + 1]!) & mask;
      if (((cell - wanted) & mask) < ((cell - hole) & mask)) continue;
      cells.copyWithin(hole * WIDTH, cell * WIDTH, (cell + 1) * WIDTH);
      hole = cell;
    }
    cells.fill(0, hole * WIDTH, (hole + 1) * WIDTH);
    this.#used--;
  }

  #grow(): void {
    const before = this.#cells;
    this.#mask = (this.#mask + 1) * 2 - 1;
    this.#cells = new Int32Array((this.#mask + 1) * WIDTH);
    for (let at = 0; at < before.length; at += WIDTH) {
      if (before[at + FLOWS] === 0) continue;
      this.#cells.set(before.subarray(at, at + WIDTH), this.#find(before[at]!, before[at + 1]!));
    }
  }
}

function hash(a: number, b: number): number {
  let mixed = Math.imul(a, 0x9e37_79b1) ^ Math.imul(b, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 13);
}
