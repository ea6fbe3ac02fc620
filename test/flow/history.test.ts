import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  appendHistory,
  clearHistory,
  HISTORY_LIMIT,
  HISTORY_WORDS,
  historyText,
} from '../../src/flow/history.ts';

const letters = fc.array(fc.constantFrom(...'^SsHhAaDdFfRrCcTtWwGgIiQq'), { maxLength: HISTORY_LIMIT + 8 });

test('letters come back in order, up to the bound, and slots do not touch each other', () => {
  fc.assert(
    fc.property(letters, letters, (first, second) => {
      const history = new Uint32Array(HISTORY_WORDS * 2);
      for (let n = 0; n < Math.max(first.length, second.length); n++) {
        if (n < first.length) appendHistory(history, 0, first[n]!.charCodeAt(0));
        if (n < second.length) appendHistory(history, 1, second[n]!.charCodeAt(0));
      }
      assert.equal(historyText(history, 0), first.slice(0, HISTORY_LIMIT).join(''));
      assert.equal(historyText(history, 1), second.slice(0, HISTORY_LIMIT).join(''));
      clearHistory(history, 0);
      assert.equal(historyText(history, 0), '');
      assert.equal(historyText(history, 1), second.slice(0, HISTORY_LIMIT).join(''));
    }),
    { numRuns: 200 },
  );
});
