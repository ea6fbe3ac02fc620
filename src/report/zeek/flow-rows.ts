import type { Flows } from '../../flow/flows.ts';
import type { MessageContext } from '../../protocol/decoder.ts';
import { flowIdValues } from './flow-id.ts';
import { type FieldValue, timeText } from './value.ts';

/** Flows with a row in the making at most, per log; further ones are not logged until some end. */
const MAX_OPEN = 65_536;

interface Open<State> {
  readonly seconds: number;
  readonly nanos: number;
  readonly state: State;
}

/**
 * A log with one row per flow, gathered from its messages and written when the flow ends: time of the first message,
 * the flow's identity, and what the log itself adds.
 */
export class FlowRows<State> {
  readonly #begin: () => State;
  readonly #values: (state: State) => readonly FieldValue[];
  readonly #write: (values: readonly FieldValue[]) => void;
  readonly #open = new Map<number, Open<State>>();

  constructor(
    begin: () => State,
    values: (state: State) => readonly FieldValue[],
    write: (values: readonly FieldValue[]) => void,
  ) {
    this.#begin = begin;
    this.#values = values;
    this.#write = write;
  }

  /** What is gathered of the message's flow; undefined when it belongs to none or the bound is reached. */
  at(at: MessageContext): State | undefined {
    if (at.flow < 0) return undefined;
    const known = this.#open.get(at.flow);
    if (known !== undefined) return known.state;
    if (this.#open.size >= MAX_OPEN) return undefined;
    const state = this.#begin();
    this.#open.set(at.flow, { seconds: at.seconds, nanos: at.nanos, state });
    return state;
  }

  flowEnd(slot: number, flows: Flows): void {
    const open = this.#open.get(slot);
    if (open === undefined) return;
    this.#open.delete(slot);
    this.#write([
      timeText(open.seconds, open.nanos),
      ...flowIdValues(flows, slot),
      ...this.#values(open.state),
    ]);
  }
}
