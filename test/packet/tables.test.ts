import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TABLES, withTables } from '../../scripts/tables.ts';
import { ENCAPSULATIONS } from '../../src/packet/encapsulation.ts';

test('every entry of the list is in a table', () => {
  const text = Object.values(TABLES)
    .map((build) => build())
    .join('\n');
  for (const { name, linkTypes, etherTypes, ipProtocols, udpPorts } of ENCAPSULATIONS) {
    assert.ok([linkTypes, etherTypes, ipProtocols, udpPorts].some((numbers) => numbers !== undefined));
    assert.ok(text.includes(name), name);
  }
});

test('sections are replaced, whatever they held', () => {
  const sections = Object.keys(TABLES).map(
    (name) => `<!-- ${name}:start -->\nwhat was there\n<!-- ${name}:end -->`,
  );
  const once = withTables(`before\n${sections.join('\n')}\nafter`);
  assert.ok(!once.includes('what was there') && once.startsWith('before') && once.endsWith('after'));
  assert.equal(withTables(once), once);
  assert.throws(() => withTables('nothing'), /no section/);
});

test('the README shows what the lists say', (t) => {
  const readme = join(import.meta.dirname, '../../README.md');
  if (!existsSync(readme)) return t.skip('there is no README.md');
  const text = readFileSync(readme, 'utf8');
  if (!Object.keys(TABLES).some((name) => text.includes(`<!-- ${name}:start -->`))) {
    return t.skip('README.md has no derived tables');
  }
  assert.equal(withTables(text), text);
});
