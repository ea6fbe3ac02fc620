/** A loop inside of the runtime cannot be interrupted, so it must never get there, however it is wrapped. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { whyEndless } from '../../src/model/control-flow.ts';
import { bundledModel, loadModel } from '../../src/model/load.ts';
import { ATTRIBUTE, ENTRY, FUNCTION, GRAPH, MODEL, NODE } from '../../src/model/onnx-format.ts';
import { MessageWriter } from '../../src/model/protobuf-writer.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lanscope-control-flow-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const message = (): MessageWriter => new MessageWriter();

function node(operator: string, domain = ''): MessageWriter {
  return message()
    .text(NODE.input, 'in')
    .text(NODE.output, 'out')
    .text(NODE.operator, operator)
    .text(7, domain);
}

function nodeWith(operator: string, attribute: MessageWriter): MessageWriter {
  return node(operator).message(NODE.attribute, attribute);
}

function graph(...nodes: MessageWriter[]): MessageWriter {
  return nodes.reduce((all, each) => all.message(GRAPH.node, each), message().text(GRAPH.name, 'g'));
}

function body(name: string, domain: string, ...nodes: MessageWriter[]): MessageWriter {
  const first = message().text(FUNCTION.name, name);
  return nodes.reduce((all, each) => all.message(FUNCTION.node, each), first).text(FUNCTION.domain, domain);
}

function model(main: MessageWriter, ...functions: MessageWriter[]): MessageWriter {
  const whole = message().int(MODEL.irVersion, 10).message(MODEL.graph, main);
  for (const each of functions) whole.message(MODEL.function, each);
  return whole;
}

/** What goes round for ever: no count, and a condition that is passed on as it came. */
const LOOP = nodeWith(
  'Loop',
  message()
    .text(ATTRIBUTE.name, 'body')
    .message(ATTRIBUTE.graph, graph(node('Identity'))),
);

const why = (written: MessageWriter): string => whyEndless(written.content) ?? 'nothing';

describe('models with control flow', () => {
  test('are refused when they are loaded, before there is a runtime', async () => {
    const path = join(scratch, 'loop.onnx');
    writeFileSync(path, model(graph(LOOP)).content);
    const loaded = await loadModel(path, () => assert.fail('the runtime was asked for'));
    assert.ok('problem' in loaded);
    assert.match(loaded.problem, /^holds the operator Loop, which may never end$/);
  });

  test('by each operator, and with graphs within whatever the operator is', () => {
    for (const operator of ['Loop', 'Scan', 'If', 'SequenceMap']) {
      assert.match(why(model(graph(node('Relu'), node(operator)))), new RegExp(`operator ${operator}`));
    }
    for (const field of [ATTRIBUTE.graph, ATTRIBUTE.graphs]) {
      const attribute = message().text(ATTRIBUTE.name, 'decoder').message(field, graph(LOOP));
      assert.match(why(model(graph(nodeWith('BeamSearch', attribute)))), /graphs within/);
    }
  });

  test('in functions, and in what their attributes are by default', () => {
    const main = graph(node('F', 'own'));
    assert.match(why(model(main, body('F', 'own', node('Relu'), LOOP))), /operator Loop/);
    const defaults = message().text(ATTRIBUTE.name, 'a').message(ATTRIBUTE.graph, graph());
    assert.match(why(model(main, body('F', 'own').message(FUNCTION.defaults, defaults))), /graphs within/);
  });

  test('in a second graph, which runtimes add to the first', () => {
    assert.match(why(model(graph(node('Relu'))).message(MODEL.graph, graph(LOOP))), /operator Loop/);
  });

  test('under a field number that is another one modulo 2^32', () => {
    const alias = message().message(2 ** 29 + MODEL.graph, graph(LOOP));
    const bytes = Buffer.concat([model(graph(node('Relu'))).content, alias.content]);
    assert.match(whyEndless(bytes)!, /is damaged/);
  });

  test("in onnxruntime's own format, which may begin like a model", () => {
    // A producer's name that the mark lies in.
    const bytes = message().text(MODEL.producer, '..ORTM..').message(MODEL.graph, graph()).content;
    assert.match(whyEndless(bytes)!, /own format/);
    assert.equal(why(message().text(MODEL.producer, '.ORTM...').message(MODEL.graph, graph())), 'nothing');
  });
});

describe('functions', () => {
  const chain = (length: number, times: number): MessageWriter[] =>
    Array.from({ length }, (_, n) =>
      body(`f${n}`, 'own', ...Array.from({ length: times }, () => node(`f${n + 1}`, 'own')), node('Relu')),
    );

  test('are fine', () => {
    assert.equal(why(model(graph(node('f0', 'own')), ...chain(500, 1))), 'nothing');
    // By the domain's other name, and one that only has the name of an operator.
    assert.equal(why(model(graph(node('Relu', 'ai.onnx')), body('Relu', 'own', node('Relu')))), 'nothing');
  });

  test('that double twenty times are a million nodes', () => {
    assert.match(why(model(graph(node('f0', 'own')), ...chain(20, 2))), /more than 65536 nodes/);
  });

  test('that use each other have no end', () => {
    const round = [body('f0', '', node('f1', 'ai.onnx')), body('f1', 'ai.onnx', node('f0'))];
    assert.match(why(model(graph(node('f0')), ...round)), /functions that use each other/);
  });
});

describe('bounds', () => {
  test('of nodes and functions', () => {
    const relu = node('Relu');
    const many = graph(...Array.from({ length: 65_536 }, () => relu));
    assert.equal(why(model(many)), 'nothing');
    assert.match(why(model(many.message(GRAPH.node, relu))), /more than 65536 nodes/);
    const functions = Array.from({ length: 1025 }, (_, n) => body(`f${n}`, ''));
    assert.match(why(model(graph(), ...functions)), /more than 1024 functions/);
  });

  test('one name a node, which the runtime reads too', () => {
    assert.match(why(model(graph(node('Relu').text(NODE.operator, 'Loop')))), /is damaged/);
    assert.match(why(model(graph(node('Relu'.repeat(1000))))), /is damaged/);
  });
});

test('the models at hand hold none', () => {
  for (const path of [bundledModel(), join(import.meta.dirname, 'legacy.onnx')]) {
    assert.equal(whyEndless(readFileSync(path)), null);
  }
});

test('any bytes are a model, or none, and never a crash', () => {
  const entry = message().text(ENTRY.key, 'k').text(ENTRY.value, 'v');
  const whole = model(graph(LOOP), body('F', 'own', node('Relu'))).message(MODEL.metadata, entry).content;
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
      const changed = Uint8Array.from(whole.subarray(0, length));
      if (at < length) changed[at] = value;
      const problem = whyEndless(changed);
      assert.ok(problem === null || !problem.includes('\n'));
    }),
  );
});
