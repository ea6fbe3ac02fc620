/** One recording, in a process of its own: `record-day.ts SEED NAME FOLDER [--quick] [ATTACK…]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ATTACKS } from './attacks.ts';
import { poll30, quietTime, round } from './benign.ts';
import { Day } from './day.ts';
import { buildHouse, inhabit } from './house.ts';
import { Lab } from './lab.ts';
import { Choices } from './random.ts';
import { retime } from './retime.ts';

/** Frames are kept so far: what is bulk is not worth its disk. */
const SNAP_LEN = 400;
const BENIGN_ROUNDS = 45;

const [seedText = '1', name = 'day', folder = '.', ...rest] = process.argv.slice(2);
const attacks = rest.filter((argument) => !argument.startsWith('--'));
/** Little life around an attack: for tests, and for captures that are kept. */
const isQuick = rest.includes('--quick');
const seed = Number(seedText);
const choices = new Choices(
  seed * 1000 + [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7),
);
const started = Date.now();
const lab = new Lab();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void lab.close().then(() => process.exit(1)));
}
try {
  await record();
} finally {
  await lab.close();
}

async function record(): Promise<void> {
  const built = buildHouse(lab, choices);
  const raw = join(lab.folder, 'raw.pcap');
  const stop = await lab.record(raw, undefined, SNAP_LEN);
  const house = await inhabit(built, choices, attacks.length > 0);
  const day = new Day(house, choices);
  if (attacks.length === 0) await quietTime(day, BENIGN_ROUNDS, [60, 420]);
  else await hostileDay(day);
  await stop();
  mkdirSync(folder, { recursive: true });
  const { packets, absent, ...told } = await retime(
    raw,
    join(folder, 'capture.pcapng'),
    day.gaps,
    day.episodes,
  );
  const truth = {
    truth: 1,
    capture: 'capture.pcapng',
    description:
      'Recorded from real programs in network namespaces by scripts/lab/run.ts. Pauses are stretched: see gaps.',
    facts: {
      seed,
      recording: name,
      snapLen: SNAP_LEN,
      hosts: house.hosts.map(({ role, mac }) => `${role} ${mac}`).join(', '),
    },
    gaps: told.gaps,
    episodes: told.episodes,
  };
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
  if (absent.length > 0) {
    console.error(`${name}: no packet of ${absent.join(', ')}`);
    process.exitCode = 1;
  }
  const counts = told.episodes.map((episode) => `${episode.name} ${episode.packets?.count}`).join(', ');
  console.log(
    `${name}: ${packets} packets, ${Math.round((Date.now() - started) / 1000)} s${counts === '' ? '' : `: ${counts}`}`,
  );
}

/** Half an hour of ordinary life, then attack after attack with ordinary life between. */
async function hostileDay(day: Day): Promise<void> {
  await (isQuick ? polls(day, 4) : quietTime(day, 4, [120, 600]));
  for (const name of attacks) {
    const attack = ATTACKS.find((each) => each.name === name)!;
    const from = Date.now();
    const deed = await attack.run(day);
    const to = Date.now();
    const { technique, rules, also = [] } = attack;
    day.episodes.push({ name, technique, rules, also, from, to, ...deed });
    // Another incident is one that a person would tell apart.
    await day.skip(day.choices.int(900, 3600));
    if (attack.last !== true) await (isQuick ? polls(day, 2) : quietTime(day, 2, [60, 300]));
  }
  if (!isQuick) await round(day);
}

async function polls(day: Day, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await poll30(day);
    await day.skip(30);
  }
}
