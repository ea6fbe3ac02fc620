/**
 * What of a model may never end. While the runtime is in a loop of its graph, nothing in this process is called: no signal,
 * no timer. So a model with control flow is refused before the runtime has seen it, and so is one that the runtime could
 * read in another way than this program does.
 */
import { ATTRIBUTE, FUNCTION, GRAPH, MODEL, NODE } from './onnx-format.ts';
import { FieldReader } from './protobuf.ts';

/** Whatever their domain. All of them have graphs for attributes, but a broken one may have none. */
const CONTROL_FLOW: ReadonlySet<string> = new Set(['Loop', 'Scan', 'If', 'SequenceMap']);

/** Nodes, functions that they use written out: the bundled model has two. */
const MAX_NODES = 65_536;
const MAX_FUNCTIONS = 1024;
const MAX_NAME_BYTES = 1024;

/** Format of onnxruntime's own, which it knows by these bytes at offset 4, whatever else the file could be read as. */
const RUNTIME_FORMAT = { at: 4, mark: 'ORTM' } as const;

/** A function of the model, or its graph. Functions of one name (overloads) count as one. */
interface Body {
  nodes: number;
  /** Names of what its nodes are of, each as often as it is there. */
  readonly uses: Map<string, number>;
}

/** Why the model is refused: a clause after the file's name; null when there is no reason to. */
export function whyEndless(bytes: Uint8Array): string | null {
  const { at, mark } = RUNTIME_FORMAT;
  if (Buffer.from(bytes.subarray(at, at + mark.length)).toString('latin1') === mark) {
    return "is in onnxruntime's own format, and not ONNX";
  }
  const walk = new Walk(bytes);
  const refusal = walk.model();
  if (refusal !== null) return refusal;
  return sizeOf(walk.graph, walk.functions) <= MAX_NODES
    ? null
    : `has more than ${MAX_NODES} nodes, or functions that use each other`;
}

const NESTED = 'holds graphs within its graph, which may never end';
const DAMAGED = 'is damaged, or no ONNX model';

/** What is read of a node or a function: `null` where it is not given. */
interface Named {
  name: string | null;
  domain: string | null;
}

class Walk {
  readonly graph: Body = { nodes: 0, uses: new Map() };
  readonly functions = new Map<string, Body>();
  readonly #model: FieldReader;
  /** Readers of a graph or function, of a node and of an attribute: no deeper, since graphs within are refused. */
  readonly #body: FieldReader;
  readonly #node: FieldReader;
  readonly #attribute: FieldReader;
  #nodes = 0;

  constructor(bytes: Uint8Array) {
    this.#model = new FieldReader(bytes);
    this.#body = new FieldReader(bytes);
    this.#node = new FieldReader(bytes);
    this.#attribute = new FieldReader(bytes);
  }

  model(): string | null {
    const model = this.#model;
    let functions = 0;
    while (model.next()) {
      let refusal: string | null = null;
      if (model.number === MODEL.graph) {
        refusal = this.#nodesOf(GRAPH.node, this.graph);
      } else if (model.number === MODEL.function) {
        if (++functions > MAX_FUNCTIONS) return `has more than ${MAX_FUNCTIONS} functions`;
        refusal = this.#function();
      }
      if (refusal !== null) return refusal;
    }
    return model.isDamaged ? DAMAGED : null;
  }

  /** The one that the model's reader is at. */
  #function(): string | null {
    const fields = this.#body.enter(this.#model);
    const called: Named = { name: null, domain: null };
    while (fields.next()) {
      let refusal: string | null = null;
      if (fields.number === FUNCTION.name) refusal = take(called, 'name', fields);
      else if (fields.number === FUNCTION.domain) refusal = take(called, 'domain', fields);
      else if (fields.number === FUNCTION.defaults) refusal = this.#attributeOf(fields);
      if (refusal !== null) return refusal;
    }
    const key = keyOf(called);
    const body = this.functions.get(key) ?? { nodes: 0, uses: new Map<string, number>() };
    this.functions.set(key, body);
    return this.#nodesOf(FUNCTION.node, body);
  }

  /** Of the graph or function that the model's reader is at. */
  #nodesOf(field: number, body: Body): string | null {
    const fields = this.#body.enter(this.#model);
    while (fields.next()) {
      if (fields.number !== field) continue;
      if (++this.#nodes > MAX_NODES) return `has more than ${MAX_NODES} nodes`;
      const refusal = this.#nodeOf(body);
      if (refusal !== null) return refusal;
    }
    return fields.isDamaged ? DAMAGED : null;
  }

  #nodeOf(body: Body): string | null {
    const node = this.#node.enter(this.#body);
    const operator: Named = { name: null, domain: null };
    let nested: string | null = null;
    while (node.next()) {
      let refusal: string | null = null;
      if (node.number === NODE.operator) refusal = take(operator, 'name', node);
      else if (node.number === NODE.domain) refusal = take(operator, 'domain', node);
      else if (node.number === NODE.attribute) nested ??= this.#attributeOf(node);
      if (refusal !== null) return refusal;
    }
    if (node.isDamaged) return DAMAGED;
    // The operator says more than that there is a graph within.
    if (CONTROL_FLOW.has(operator.name ?? ''))
      return `holds the operator ${operator.name}, which may never end`;
    body.nodes++;
    const key = keyOf(operator);
    body.uses.set(key, (body.uses.get(key) ?? 0) + 1);
    return nested;
  }

  #attributeOf(outer: FieldReader): string | null {
    const attribute = this.#attribute.enter(outer);
    while (attribute.next()) {
      if (attribute.number === ATTRIBUTE.graph || attribute.number === ATTRIBUTE.graphs) return NESTED;
    }
    return attribute.isDamaged ? DAMAGED : null;
  }
}

/** Nobody gives a text twice, and runtimes would take the last. */
function take(into: Named, which: keyof Named, field: FieldReader): string | null {
  if (into[which] !== null || field.length > MAX_NAME_BYTES) return DAMAGED;
  into[which] = field.text();
  return null;
}

/** `ai.onnx` is another name of the domain without a name. */
function keyOf({ domain, name }: Named): string {
  return `${domain === null || domain === 'ai.onnx' ? '' : domain}\0${name ?? ''}`;
}

/** Nodes of `body` when all functions are written out; infinite when one uses itself. */
function sizeOf(body: Body, functions: ReadonlyMap<string, Body>): number {
  const sizes = new Map<Body, number>();
  const measure = (one: Body): number => {
    const known = sizes.get(one);
    if (known !== undefined) return known;
    // Until it is known: who asks meanwhile is a part of it.
    sizes.set(one, Number.POSITIVE_INFINITY);
    let size = one.nodes;
    for (const [key, times] of one.uses) {
      const used = functions.get(key);
      if (used !== undefined) size += times * measure(used);
    }
    sizes.set(one, size);
    return size;
  };
  return measure(body);
}
