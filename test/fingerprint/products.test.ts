/** Products of the public corpora of the field, by what they are publicly known to say: right or unknown, never wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_MAC } from '../../src/bytes/address.ts';
import { familyOf, fuse } from '../../src/fingerprint/fuse.ts';
import { readProducts } from './products.ts';

const products = readProducts();

test('no product is taken for another', () => {
  for (const { name, mac, brand, category, evidence, domains } of products) {
    const identity = fuse(evidence, mac, { domainCount: domains });
    const told = `${name}: ${identity.brand} ${identity.category} ${JSON.stringify(identity.evidence)}`;
    assert.ok(identity.brand === '' || brand.includes(identity.brand), told);
    assert.ok(identity.category === 'unknown' || category.includes(identity.category), told);
  }
});

test('most products are known by name and kind, and the reason is told where one is not', () => {
  let brands = 0;
  let categories = 0;
  for (const { mac, evidence, domains } of products) {
    const identity = fuse(evidence, mac, { domainCount: domains });
    if (identity.brand !== '') brands++;
    if (identity.category !== 'unknown') categories++;
    if (identity.brand === '' || identity.category === 'unknown') assert.ok(identity.notes.length > 0);
  }
  // What is left is sold under many brands, or says only what shared platforms hear.
  assert.ok(brands >= 0.8 * products.length, `${brands} brands of ${products.length}`);
  assert.ok(categories >= 0.85 * products.length, `${categories} categories of ${products.length}`);
});

test('with any part of the evidence left out, a wrong answer is never a sure one', () => {
  for (const { name, mac, brand, category, evidence, domains } of products) {
    const families = new Set(evidence.map(({ source }) => familyOf(source)));
    for (const family of [...families, 'oui']) {
      const rest = evidence.filter(({ source }) => familyOf(source) !== family);
      const identity = fuse(rest, family === 'oui' ? NO_MAC : mac, { domainCount: domains });
      const isWrong =
        (identity.brand !== '' && !brand.includes(identity.brand)) ||
        (identity.category !== 'unknown' && !category.includes(identity.category));
      assert.ok(
        !isWrong || identity.confidence < 0.75,
        `${name} without ${family}: ${JSON.stringify(identity)}`,
      );
    }
  }
});
