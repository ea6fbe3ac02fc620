/** Reads the nodes of an ONNX graph. Lists may be packed, as here and in proto3, or not, as other programs write them. */
import { ATTRIBUTE, GRAPH, MODEL, NODE, type OnnxAttribute, type OnnxNode } from './onnx-format.ts';
import { FieldReader, MAX_LIST, readPackedInts, readPackedSingles } from './protobuf.ts';

/** Nodes of a graph, and inputs, outputs or attributes of a node: a baseline has two a history, and a forest's node 16. */
const MAX_NODES = 65_536;
const MAX_OF_A_NODE = 64;

/** The bytes of each node by the name of its first output; null when the bytes are no model with one graph. */
export function findOnnxNodes(bytes: Uint8Array): Map<string, Uint8Array> | null {
  const model = new FieldReader(bytes);
  const graph = new FieldReader(bytes);
  const node = new FieldReader(bytes);
  const nodes = new Map<string, Uint8Array>();
  let graphs = 0;
  while (model.next()) {
    if (model.number !== MODEL.graph) continue;
    if (++graphs > 1) return null;
    graph.enter(model);
    for (let count = 0; graph.next();) {
      if (graph.number !== GRAPH.node) continue;
      if (++count > MAX_NODES) return null;
      node.enter(graph);
      const output = firstText(node, NODE.output);
      if (node.isDamaged) return null;
      nodes.set(output, graph.content());
    }
    if (graph.isDamaged) return null;
  }
  return graphs === 1 && !model.isDamaged ? nodes : null;
}

/** With the attributes that `isWanted`; null when the bytes are no node, or one whose attributes are of another kind. */
export function readOnnxNode(bytes: Uint8Array, isWanted: (attribute: string) => boolean): OnnxNode | null {
  const node = new FieldReader(bytes);
  const attribute = new FieldReader(bytes);
  const texts = { [NODE.input]: [] as string[], [NODE.output]: [] as string[] } as const;
  const attributes = new Map<string, OnnxAttribute>();
  let operator: string | null = null;
  let domain: string | null = null;
  while (node.next()) {
    switch (node.number) {
      case NODE.input:
      case NODE.output:
        if (texts[node.number].push(node.text()) > MAX_OF_A_NODE) return null;
        break;
      case NODE.operator:
        if (operator !== null) return null;
        operator = node.text();
        break;
      case NODE.domain:
        if (domain !== null) return null;
        domain = node.text();
        break;
      case NODE.attribute: {
        const name = firstText(attribute.enter(node), ATTRIBUTE.name);
        if (attribute.isDamaged) return null;
        if (!isWanted(name)) break;
        const value = readAttribute(attribute.enter(node));
        if (value === null || attributes.has(name) || attributes.size >= MAX_OF_A_NODE) return null;
        attributes.set(name, value);
        break;
      }
    }
  }
  if (node.isDamaged) return null;
  return {
    operator: operator ?? '',
    domain: domain ?? '',
    inputs: texts[NODE.input],
    outputs: texts[NODE.output],
    attributes,
  };
}

/** The first field of this number, and '' when there is none. The message is read to its end. */
function firstText(message: FieldReader, number: number): string {
  let text: string | null = null;
  while (message.next()) if (message.number === number) text ??= message.text();
  return text ?? '';
}

function readAttribute(attribute: FieldReader): OnnxAttribute | null {
  const ints: number[] = [];
  const singles: number[] = [];
  const texts: string[] = [];
  let value: OnnxAttribute | null = null;
  for (let fields = 0; attribute.next();) {
    // A list that is not packed has one for each.
    if (++fields > MAX_LIST + MAX_OF_A_NODE) return null;
    switch (attribute.number) {
      case ATTRIBUTE.int:
        value = { int: attribute.value };
        break;
      case ATTRIBUTE.text:
        value = { text: attribute.text() };
        break;
      case ATTRIBUTE.ints:
        if (!takeInts(attribute, ints)) return null;
        value = { ints };
        break;
      case ATTRIBUTE.singles:
        if (!readPackedSingles(attribute.content(), singles)) return null;
        value = { singles };
        break;
      case ATTRIBUTE.texts:
        if (texts.push(attribute.text()) > MAX_LIST) return null;
        value = { texts };
        break;
    }
  }
  return attribute.isDamaged ? null : value;
}

/** One number, or many packed. */
function takeInts(attribute: FieldReader, into: number[]): boolean {
  if (!attribute.isVarint) return readPackedInts(attribute.content(), into);
  return into.push(attribute.value) <= MAX_LIST;
}
