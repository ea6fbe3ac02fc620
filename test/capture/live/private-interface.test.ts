import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicBecause } from '../../../src/capture/live/private-interface.ts';

test(
  'an interface that is not there is no question of who may hear it',
  { skip: process.platform !== 'linux' },
  () => {
    assert.throws(() => publicBecause('nope0'), {
      code: 'NO_SUCH_INTERFACE',
      message: 'There is no interface nope0',
    });
    assert.equal(publicBecause('lo'), '');
  },
);
