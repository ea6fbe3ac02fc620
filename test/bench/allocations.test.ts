import assert from 'node:assert/strict';
import type { HeapProfiler } from 'node:inspector';
import { test } from 'node:test';
import { allocatedBy, modulesOf } from '../../bench/allocations/attribution.ts';

const bundle = [
  '// src/flow/table.ts',
  'class FlowTable {',
  '}',
  '',
  '// src/report/build.ts',
  'x',
  '// no module',
  'y',
];

function node(
  functionName: string,
  lineNumber: number,
  selfSize: number,
  children: HeapProfiler.SamplingHeapProfileNode[] = [],
): HeapProfiler.SamplingHeapProfileNode {
  const url = lineNumber < 0 ? '' : 'file:///bundle.mjs';
  const callFrame = { functionName, scriptId: '1', url, lineNumber, columnNumber: 0 };
  return { callFrame, selfSize, children };
}

test('lines of a bundle belong to the module whose path stands before them', () => {
  const moduleAt = modulesOf(bundle.join('\n'));
  assert.deepEqual([1, 3, 5, 7].map(moduleAt), [
    'src/flow/table.ts',
    'src/flow/table.ts',
    'src/report/build.ts',
    'src/report/build.ts',
  ]);
  assert.equal(moduleAt(99), '');
});

test('what builtins allocate is of who called them, the rest of nobody', () => {
  const head = node('(root)', -1, 5, [
    node('packet', 1, 100, [node('slice', -1, 40)]),
    node('', 5, 200),
    node('parse', -1, 7),
  ]);
  const { rooms, functions, total } = allocatedBy(head, modulesOf(bundle.join('\n')));
  assert.deepEqual(rooms, [
    ['report', 200],
    ['flow', 140],
    ['Node and this bench', 12],
  ]);
  assert.equal(functions[0]![0], '(anonymous) src/report/build.ts');
  assert.equal(total, 352);
});
