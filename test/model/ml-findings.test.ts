/** How bad a model's finding may be: alone `medium` at most, and never for a flow or two. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressActor, type Actor } from '../../src/detect/actor.ts';
import { Episode } from '../../src/detect/episode.ts';
import type { Finding, Severity } from '../../src/detect/finding.ts';
import { describeModel } from '../../src/model/description.ts';
import { mlFinding } from '../../src/model/ml-findings.ts';

const MODEL = { ...describeModel(new Map(), 'test.onnx'), version: '7' };
const ACTOR: Actor = { ...addressActor('02:00:00:00:00:01'), device: 0, deviceId: '02:00:00:00:00:01' };

/** An alarm of `count` flows, one every `every` seconds from 1000 on. */
function finding(count: number, every: number, rules: readonly Finding[] = [], ports = ['tcp/23']): Finding {
  const episode = new Episode(1000, 0);
  for (let n = 0; n < count; n++) episode.add(1000 + n * every, 0, n + 1);
  const notes = {
    className: 'c2',
    sum: count * 0.99,
    best: { row: new Float32Array(0), class: 1, score: 0.999 },
    ports: new Set(ports),
    targets: new Set(['192.0.2.1']),
  };
  return mlFinding({ actor: ACTOR, episode, notes }, [], MODEL, rules);
}

function rule(severity: Severity, from: number, to: number, device = ACTOR.deviceId): Finding {
  const base = finding(1, 1);
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  return { ...base, rule: 'connection-storm', severity, device, first: at(from), last: at(to) };
}

describe('severity of what a model says', () => {
  test('alone', () => {
    assert.equal(finding(1, 1).severity, 'low');
    assert.equal(finding(4, 60).severity, 'low');
    assert.equal(finding(5, 60).severity, 'medium');
    // Many, and soon over: a model alone.
    assert.equal(finding(5000, 0.1).severity, 'medium');
  });

  test('repetition agrees', () => {
    assert.equal(finding(200, 60).severity, 'high');
  });

  test('a rule agrees: of the same device, near in time, worse than low', () => {
    const severity = (...rules: Finding[]): Severity => finding(10, 1, rules).severity;
    assert.equal(severity(rule('medium', 900, 1005)), 'high');
    assert.equal(severity(rule('low', 900, 1005)), 'medium');
    assert.equal(severity(rule('high', 9000, 9005)), 'medium');
    assert.equal(severity(rule('high', 900, 1005, '02:00:00:00:00:02')), 'medium');
    assert.deepEqual(finding(10, 1, [rule('high', 900, 1005)]).evidence['agrees'], ['connection-storm']);
    // Not even then for a flow or two.
    assert.equal(finding(2, 1, [rule('critical', 900, 1005)]).severity, 'low');
  });

  test('a model that does not state what is benign says that it cannot explain', () => {
    const because = finding(10, 1).evidence['because'] as string[];
    assert.equal(because.length, 1);
    assert.match(because[0]!, /does not state what is benign/);
  });

  test('ports are named when all are known', () => {
    assert.equal(finding(10, 1).evidence['port'], 'tcp/23');
    assert.deepEqual(finding(10, 1, [], ['tcp/23', 'tcp/2323']).evidence['sought'], ['tcp/23', 'tcp/2323']);
    const many = Array.from({ length: 21 }, (_, n) => `tcp/${n}`);
    const { port, sought } = finding(10, 1, [], many).evidence;
    assert.deepEqual([port, sought], [undefined, undefined]);
  });
});
