import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConstantFiles } from '../../scripts/fold-constants.ts';

function folded(text: string, others: Readonly<Record<string, string>> = {}): string {
  const files: Readonly<Record<string, string>> = { '/src/file.ts': text, ...others };
  return new ConstantFiles((path) => files[path] ?? assert.fail(`no such file: ${path}`)).folded(
    '/src/file.ts',
  );
}

test('numbers of constant tables stand where they are used', () => {
  assert.equal(
    folded('const BIT = { a: 1 << 3, b: -1, "c d": 2 } as const;\nf(BIT.a | BIT.b, BIT["c d"]);'),
    'const BIT = { a: 1 << 3, b: -1, "c d": 2 } as const;\nf((8) | (-1), (2));',
  );
  assert.equal(
    folded('const A = 2 * 8;\nconst B = A + 1;\nx[y + B];'),
    'const A = 2 * 8;\nconst B = (16) + 1;\nx[y + (17)];',
  );
});

test('constants are found through imports, renamed ones too, and through what is passed on', () => {
  const others = {
    '/src/a.ts': 'export const T = { x: 5, f: g() } as const; export const N = 7;',
    '/src/b.ts': "export { T as U, N } from './a.ts';",
  };
  const head = "import { U as V, N } from './b.ts';\nconst { x: X } = V;\n";
  assert.equal(folded(`${head}f(V.x, X, V.f, N);`, others), `${head}f((5), (5), V.f, (7));`);
});

test('what is not a constant, or not its use, is left alone', () => {
  for (const text of [
    'let N = 1; f(N);',
    'const T = { a: 1 }; f(T.a);',
    'const N = 1; export function g(N: number) { return N; }',
    'const N = 1; const o = { N }; f(o.N, { N: 2 });',
    'const T = { a: 1 } as const; f(T, T.b);',
    'const T = { ...other, a: 1 } as const; f(T.a);',
    'const N = 1; type M = typeof N; export { N };',
    'const N = 1; class C { N = 2; }',
  ]) {
    assert.equal(folded(text), text);
  }
});
