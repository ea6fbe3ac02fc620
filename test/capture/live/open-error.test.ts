import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openError } from '../../../src/capture/live/open-error.ts';

test("libpcap's reasons become ones that a person can mend", () => {
  const code = (text: string) => openError('eth7', text).code;
  assert.equal(code('socket: Operation not permitted'), 'NO_PERMISSION');
  assert.equal(code('Attempt to create packet socket failed - CAP_NET_RAW may be required'), 'NO_PERMISSION');
  assert.equal(code('No such device exists'), 'NO_SUCH_INTERFACE');
  assert.equal(code("eth7: That device doesn't exist"), 'NO_SUCH_INTERFACE');
  assert.match(openError('eth7', 'That device is not up').hint, /ip link set eth7 up/);
  assert.match(openError('eth7', 'Unknown linktype 230').message, /eth7 .*Unknown linktype 230/);
});
