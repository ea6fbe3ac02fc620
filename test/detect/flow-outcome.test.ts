import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../src/bytes/parse-ip.ts';
import { isToGroup } from '../../src/detect/flow-outcome.ts';
import { FlowColumns } from '../../src/flow/columns.ts';

class OneFlow extends FlowColumns {
  constructor() {
    super();
    this.widen(1);
  }
}

function isGroupAddress(text: string): boolean {
  const flows = new OneFlow();
  assert.ok(parseIp(text, flows.respIp));
  return isToGroup(flows, 0);
}

test('groups are told by the bits of their own family', () => {
  for (const group of ['224.0.0.251', '239.255.255.250', '255.255.255.255', 'ff02::fb']) {
    assert.equal(isGroupAddress(group), true, group);
  }
  // The last word of an address made from a MAC (EUI-64) begins as an IPv4 group does.
  for (const host of [
    '192.0.2.1',
    '2001:db8::211:22ff:fe33:4455',
    '2001:db8:0:1::e000:1',
    'fe80::ffff:ffff',
  ]) {
    assert.equal(isGroupAddress(host), false, host);
  }
});
