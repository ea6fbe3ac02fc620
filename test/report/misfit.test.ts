import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { Compile } from 'typebox/schema';
import { Errors } from 'typebox/value';
import { describeMisfit } from '../../src/report/misfit.ts';
import { describeMisfitOf } from '../../src/report/narrow-misfit.ts';

const Schema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z]+$' }),
    count: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
    either: Type.Optional(Type.Union([Type.String(), Type.Number()])),
    version: Type.Optional(Type.Literal(1)),
    level: Type.Optional(Type.Enum(['low', 'high'])),
    list: Type.Optional(Type.Array(Type.Object({ on: Type.Boolean() }, { additionalProperties: false }))),
  },
  { additionalProperties: false },
);

const CASES: readonly (readonly [unknown, string])[] = [
  [[], 'the top level must be an object'],
  [{}, "the top level has no 'name'"],
  [{ name: 'X' }, '/name must match the pattern ^[a-z]+$'],
  [{ name: 'x', count: 1.5 }, '/count must be a whole number'],
  [{ name: 'x', count: -1 }, '/count must be at least 0'],
  [{ name: 'x', count: 10 }, '/count must be at most 9'],
  [{ name: 'x', either: null }, '/either must be a string or a number'],
  [{ name: 'x', version: 2 }, '/version must be 1'],
  [{ name: 'x', level: 'mid' }, '/level must be one of "low", "high"'],
  [{ name: 'x', list: [{ on: true }, { on: 1 }] }, '/list/1/on must be true or false'],
  [{ name: 'x', nmae: 1 }, '/nmae is not a known field'],
  [{ name: 'x', list: [{ on: true, off: 1 }] }, '/list/0/off is not a known field'],
];

test('what does not fit is said with its place, whichever checker found it', () => {
  const compiled = Compile(Schema);
  for (const [value, said] of CASES) {
    assert.equal(describeMisfit(Errors(Schema, value)), said);
    assert.equal(describeMisfit(compiled.Errors(value)[1]), said);
    assert.equal(describeMisfitOf(Schema, value), said);
  }
});

test('a name from the file cannot speak to the terminal, nor without end', () => {
  const said = describeMisfit(Errors(Schema, { name: 'x', [`\u001b[31m${'y'.repeat(5000)}`]: 1 }));
  assert.ok(!said.includes('\u001b'));
  assert.ok(said.length < 400, String(said.length));
});

test('of a large value the part that does not fit is found first', () => {
  const Large = Type.Object(
    {
      list: Type.Array(Schema),
      byName: Type.Record(Type.String(), Type.Array(Type.Number())),
      known: Type.Optional(Type.Integer()),
    },
    { additionalProperties: false },
  );
  const compiledLarge = Compile(Large);
  const list: unknown[] = Array.from({ length: 200_000 }, () => ({ name: 'x' }));
  const byName = { 'a/b~c': [1, 2, 3] };
  const said = (value: unknown): string => describeMisfitOf(Large, value);
  assert.equal(said({ list: [...list, { name: 7 }], byName }), '/list/200000/name must be a string');
  assert.equal(said({ list, byName: { 'a/b~c': [1, '2'] } }), '/byName/a~1b~0c/1 must be a number');
  assert.equal(said({ list, known: 1 }), "the top level has no 'byName'");
  assert.equal(said({ list, byName, other: list }), '/other is not a known field');
  // What comes after it is not even looked at.
  const later = {
    get name() {
      return assert.fail('looked at');
    },
  };
  assert.throws(() => compiledLarge.Errors({ list: [{ wrong: 1 }, later], byName }), /looked at/);
  assert.equal(said({ list: [{ wrong: 1 }, later], byName }), "/list/0 has no 'name'");
  const fields = Object.fromEntries(list.map((_, n) => [`field${n}`, n]));
  assert.equal(said({ list: [{ name: 'x', ...fields }], byName }), '/list/0/field0 is not a known field');
});
