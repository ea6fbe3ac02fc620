import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LanscopeError } from '../../src/bytes/error.ts';
import { DEFAULT_DETECT_CONFIG, parseDetectConfig } from '../../src/detect/config.ts';
import { THRESHOLDS } from '../../src/detect/thresholds.ts';
import { CAMERA, INTRUDER, ROUTER, Scene } from './scene.ts';

test('every threshold has a default in its range, a unit and a reason', () => {
  for (const [rule, thresholds] of Object.entries(THRESHOLDS)) {
    for (const [name, { default: value, min, max, unit, reason }] of Object.entries(thresholds)) {
      assert.ok(value >= min && value <= max, `${rule}.${name}`);
      assert.ok(unit !== '' && reason.length > 10, `${rule}.${name}`);
    }
  }
});

test('an override changes one threshold and leaves the others', () => {
  const { thresholds } = parseDetectConfig({ thresholds: { 'port-scan': { ports: 50 } } });
  assert.equal(thresholds['port-scan'].ports, 50);
  assert.equal(thresholds['port-scan'].slowPorts, DEFAULT_DETECT_CONFIG.thresholds['port-scan'].slowPorts);
  assert.deepEqual(thresholds['host-scan'], DEFAULT_DETECT_CONFIG.thresholds['host-scan']);
});

test('what is wrong in a configuration is named', () => {
  const cases: [unknown, RegExp][] = [
    [{ treshold: {} }, /detect\.treshold is not a setting/],
    [{ thresholds: { 'port-skan': {} } }, /detect\.thresholds\.port-skan is not a rule/],
    [{ thresholds: { 'port-scan': { prots: 1 } } }, /detect\.thresholds\.port-scan\.prots/],
    [
      { thresholds: { 'port-scan': { ports: 1 } } },
      /port-scan\.ports must be a number from 5 to 65535 \(ports\)/,
    ],
    [{ thresholds: { 'port-scan': { ports: Number.NaN } } }, /must be a number/],
    [{ suppressions: [{ rule: 'port-scan' }] }, /suppressions\[0\]\.reason must say why/],
    [{ suppressions: [{ rule: '*', reason: 'x', until: 'soon' }] }, /until must be a day/],
    [{ trusted: [1] }, /trusted\[0\]/],
    [null, /detect must be an object/],
  ];
  for (const [value, message] of cases) {
    assert.throws(
      () => parseDetectConfig(value),
      (error) =>
        error instanceof LanscopeError && error.code === 'CONFIG_INVALID' && message.test(error.message),
    );
  }
});

test('suppressions hold for their rule, device and time, and trusted scanners may scan', async () => {
  const scene = new Scene().resolve(0, INTRUDER, ROUTER);
  for (let port = 1; port <= 60; port++)
    scene.refused(1 + port * 0.01, INTRUDER, CAMERA, port, 40_000 + port);
  const hit = async (suppression: Record<string, string>): Promise<boolean> => {
    const { suppressions } = parseDetectConfig({ suppressions: [{ reason: 'known', ...suppression }] });
    return (await scene.findings({ suppressions })).some((f) => f.rule === 'port-scan');
  };
  assert.equal(await hit({ rule: 'port-scan', device: INTRUDER.mac.toUpperCase() }), false);
  assert.equal(await hit({ rule: '*', device: INTRUDER.mac, until: '2030-01-01' }), false);
  assert.equal(await hit({ rule: 'port-scan', device: CAMERA.mac }), true);
  assert.equal(await hit({ rule: 'host-scan' }), true);
  assert.equal(await hit({ rule: 'port-scan', until: '2020-01-01' }), true);
  assert.ok(!(await scene.findings({ trusted: [INTRUDER.mac] })).some((f) => f.rule === 'port-scan'));
});
