/** Reads the nodes of an ONNX graph. Lists may be packed, as here and in proto3, or not, as other programs write them. */
import { ATTRIBUTE, GRAPH, MODEL, NODE, type OnnxAttribute, type OnnxNode } from './onnx-format.ts';
import { type Field, fieldText, readFields, readPackedInts, readPackedSingles } from './protobuf.ts';

/** In the order of the file; null when the bytes are no model, or one with attributes of another kind. */
export function readOnnxNodes(bytes: Uint8Array): OnnxNode[] | null {
  const graphs = readFields(bytes)?.filter(({ number }) => number === MODEL.graph);
  if (graphs?.length !== 1) return null;
  const fields = readFields(graphs[0]!.bytes);
  if (fields === null) return null;
  const nodes: OnnxNode[] = [];
  for (const { number, bytes: content } of fields) {
    if (number !== GRAPH.node) continue;
    const node = readNode(content);
    if (node === null) return null;
    nodes.push(node);
  }
  return nodes;
}

function readNode(bytes: Uint8Array): OnnxNode | null {
  const fields = readFields(bytes);
  if (fields === null) return null;
  const texts = (wanted: number): string[] =>
    fields.filter(({ number }) => number === wanted).map((field) => fieldText(field));
  const attributes = new Map<string, OnnxAttribute>();
  for (const { number, bytes: content } of fields) {
    if (number !== NODE.attribute) continue;
    const attribute = readAttribute(content);
    if (attribute === null) return null;
    attributes.set(...attribute);
  }
  return {
    operator: texts(NODE.operator)[0] ?? '',
    domain: texts(NODE.domain)[0] ?? '',
    inputs: texts(NODE.input),
    outputs: texts(NODE.output),
    attributes,
  };
}

function readAttribute(bytes: Uint8Array): [string, OnnxAttribute] | null {
  const fields = readFields(bytes);
  if (fields === null) return null;
  let name = '';
  const ints: number[] = [];
  const singles: number[] = [];
  const texts: string[] = [];
  let value: OnnxAttribute | null = null;
  for (const field of fields) {
    switch (field.number) {
      case ATTRIBUTE.name:
        name = fieldText(field);
        break;
      case ATTRIBUTE.int:
        value = { int: field.value };
        break;
      case ATTRIBUTE.text:
        value = { text: fieldText(field) };
        break;
      case ATTRIBUTE.ints:
        if (!takeInts(field, ints)) return null;
        value = { ints };
        break;
      case ATTRIBUTE.singles:
        if (!readPackedSingles(field.bytes, singles)) return null;
        value = { singles };
        break;
      case ATTRIBUTE.texts:
        texts.push(fieldText(field));
        value = { texts };
        break;
    }
  }
  return value === null ? null : [name, value];
}

/** One number, or many packed. */
function takeInts(field: Field, into: number[]): boolean {
  if (field.bytes.length > 0) return readPackedInts(field.bytes, into);
  into.push(field.value);
  return true;
}
