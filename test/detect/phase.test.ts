/** Windows are measured in time with fraction: when within a second a capture began decides nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAMERA, type Host, INTRUDER, LAPTOP, ROUTER, Scene } from './scene.ts';

const PHASES = [0, 0.25, 0.499, 0.5, 0.75, 0.999];

/** Rules that are found when the scene begins at each of the phases of a second. */
async function rulesByPhase(build: (scene: Scene, phase: number) => Scene): Promise<string[]> {
  const found = new Set<string>();
  for (const phase of PHASES) {
    const findings = await build(new Scene(), phase).findings();
    found.add(findings.map(({ rule }) => rule).join(' '));
  }
  return [...found];
}

const other: Host = { mac: INTRUDER.mac, ip: LAPTOP.ip };

test('ip-conflict: three changes within the window, and just outside it', async () => {
  const change = (last: number) => (scene: Scene, phase: number) =>
    scene
      .resolve(phase, LAPTOP, ROUTER)
      .resolve(phase + 100, other, ROUTER)
      .resolve(phase + 200, LAPTOP, ROUTER)
      .resolve(phase + last, other, ROUTER);
  const inside = await rulesByPhase(change(699.6));
  const outside = await rulesByPhase(change(700.4));
  assert.equal(inside.length, 1);
  assert.ok(inside[0]!.includes('ip-conflict'));
  assert.deepEqual(outside.length, 1);
  assert.ok(!outside[0]!.includes('ip-conflict'));
});

test('mac-clone: systems that take turns within the window, and just outside it', async () => {
  const turns = (last: number) => (scene: Scene, phase: number) => {
    const ask = (time: number, name: string, parameters: number[]) =>
      scene.dhcp(time, { client: CAMERA.mac, type: 1, hostName: name, parameters });
    ask(phase, 'cam', [1, 3, 6]);
    ask(phase + 1, 'kali', [1, 3, 28]);
    return ask(phase + last, 'cam', [1, 3, 6]);
  };
  const [inside, more] = await rulesByPhase(turns(10));
  assert.equal(more, undefined);
  assert.ok(inside!.includes('mac-clone'));
});

test('new-device: a flood of devices within the window, and just outside it', async () => {
  const flood = (span: number) => (scene: Scene, phase: number) => {
    for (let i = 0; i < 100; i++) {
      const hex = i.toString(16).padStart(2, '0');
      scene.arpRequest(
        phase + (i * span) / 99,
        { mac: `3c:a9:f4:02:00:${hex}`, ip: `10.0.0.${i + 1}` },
        ROUTER.ip,
      );
    }
    return scene;
  };
  const inside = await rulesByPhase(flood(59.6));
  const outside = await rulesByPhase(flood(60.4));
  assert.equal(inside.length, 1);
  assert.ok(inside[0]!.includes('mac-flood'));
  assert.equal(outside.length, 1);
  assert.ok(!outside[0]!.includes('mac-flood'));
});
