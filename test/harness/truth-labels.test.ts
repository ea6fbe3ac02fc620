import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { analyze } from '../../src/engine/analyze.ts';
import { TruthLabels } from '../../src/harness/truth-labels.ts';
import type { TruthEpisode } from '../../src/harness/detection-truth.ts';

const capture = join(import.meta.dirname, '../../corpus/port-scan/capture.pcapng');

const episode = (name: string, filter: string, first: number, last: number): TruthEpisode => ({
  name,
  technique: 'T1046',
  rules: ['port-scan'],
  actors: ['*'],
  targets: [],
  from: '2026-11-21T09:59:58Z',
  to: '2026-11-21T09:59:59Z',
  packets: { filter, first, last, count: 1 },
});

async function labelled(...episodes: TruthEpisode[]) {
  const labels = new TruthLabels(episodes);
  const { report } = await analyze({ paths: [capture], outputs: [labels], version: 'test' });
  assert.equal(labels.flows.length, report.totals.flows);
  return labels.flows;
}

test('connections with a packet of an episode are malicious, and no others', async () => {
  const flows = await labelled(episode('telnet', 'tcp dst port 23', 1, 100_000));
  for (const { malicious, label, protocol, responderPort } of flows) {
    assert.equal(malicious, protocol === 'tcp' && responderPort === 23);
    assert.equal(label, malicious ? 'telnet' : 'Benign');
  }
  assert.ok(flows.some(({ malicious }) => malicious) && flows.some(({ malicious }) => !malicious));
});

test('packets outside the numbers of an episode are none of it, and the first episode names a connection', async () => {
  const some = await labelled(episode('early', 'tcp', 1, 300), episode('all', 'tcp dst port 23', 1, 100_000));
  assert.ok(some.some(({ label }) => label === 'early') && some.some(({ label }) => label === 'all'));
  const none = await labelled(episode('late', 'tcp', 100_000, 200_000));
  assert.ok(none.every(({ malicious }) => !malicious));
});
