/** Writes ONNX models whose inputs and outputs are tables of singles. The same model gives the same bytes. */
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  ELEMENT_SINGLE,
  ENTRY,
  GRAPH,
  ML_DOMAIN,
  MODEL,
  NODE,
  type OnnxAttribute,
  type OnnxNode,
  OPERATOR_SET,
  SHAPE,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from './onnx-format.ts';
import { MessageWriter } from './protobuf-writer.ts';

/** What runtimes of 2022 and later read: IR 8 came with operator set 17. */
const IR_VERSION = 8;
const OPERATORS = 17;
const ML_OPERATORS = 3;

/** An input or output: any number of rows, `width` columns. */
export interface OnnxTable {
  readonly name: string;
  /** What its rows are called: tables of one name have as many. */
  readonly rows: string;
  readonly width: number;
}

export interface OnnxModel {
  readonly name: string;
  readonly inputs: readonly OnnxTable[];
  readonly outputs: readonly OnnxTable[];
  readonly nodes: readonly OnnxNode[];
  readonly metadata: ReadonlyMap<string, string>;
}

export function writeOnnx({ name, inputs, outputs, nodes, metadata }: OnnxModel): Uint8Array {
  const graph = new MessageWriter();
  for (const node of nodes) graph.message(GRAPH.node, nodeMessage(node));
  graph.text(GRAPH.name, name);
  for (const input of inputs) graph.message(GRAPH.input, tableMessage(input));
  for (const output of outputs) graph.message(GRAPH.output, tableMessage(output));
  const model = new MessageWriter()
    .int(MODEL.irVersion, IR_VERSION)
    .text(MODEL.producer, 'lanscope')
    .message(MODEL.graph, graph)
    .message(MODEL.operatorSet, operatorSet('', OPERATORS))
    .message(MODEL.operatorSet, operatorSet(ML_DOMAIN, ML_OPERATORS));
  for (const [key, value] of metadata) {
    model.message(MODEL.metadata, new MessageWriter().text(ENTRY.key, key).text(ENTRY.value, value));
  }
  return model.content;
}

function operatorSet(domain: string, version: number): MessageWriter {
  return new MessageWriter().text(OPERATOR_SET.domain, domain).int(OPERATOR_SET.version, version);
}

function nodeMessage({ operator, domain, inputs, outputs, attributes }: OnnxNode): MessageWriter {
  const node = new MessageWriter();
  for (const input of inputs) node.text(NODE.input, input);
  for (const output of outputs) node.text(NODE.output, output);
  node.text(NODE.name, outputs.join(' ')).text(NODE.operator, operator);
  for (const [name, attribute] of attributes) {
    node.message(NODE.attribute, attributeMessage(name, attribute));
  }
  return node.text(NODE.domain, domain);
}

function attributeMessage(name: string, attribute: OnnxAttribute): MessageWriter {
  const message = new MessageWriter().text(ATTRIBUTE.name, name);
  const typed = (type: number): MessageWriter => message.int(ATTRIBUTE.type, type);
  if ('int' in attribute) return typed(ATTRIBUTE_TYPE.int).int(ATTRIBUTE.int, attribute.int);
  if ('text' in attribute) return typed(ATTRIBUTE_TYPE.text).text(ATTRIBUTE.text, attribute.text);
  if ('ints' in attribute) return typed(ATTRIBUTE_TYPE.ints).ints(ATTRIBUTE.ints, attribute.ints);
  if ('singles' in attribute) {
    return typed(ATTRIBUTE_TYPE.singles).singles(ATTRIBUTE.singles, attribute.singles);
  }
  typed(ATTRIBUTE_TYPE.texts);
  for (const text of attribute.texts) message.text(ATTRIBUTE.texts, text);
  return message;
}

function tableMessage({ name, rows, width }: OnnxTable): MessageWriter {
  const shape = new MessageWriter()
    .message(SHAPE.dimension, new MessageWriter().text(DIMENSION.name, rows))
    .message(SHAPE.dimension, new MessageWriter().int(DIMENSION.size, width));
  const tensor = new MessageWriter()
    .int(TENSOR_TYPE.element, ELEMENT_SINGLE)
    .message(TENSOR_TYPE.shape, shape);
  return new MessageWriter()
    .text(VALUE.name, name)
    .message(VALUE.type, new MessageWriter().message(TYPE.tensor, tensor));
}
