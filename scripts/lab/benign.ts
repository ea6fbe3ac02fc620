/**
 * What a home does when nothing is wrong: things poll their clouds, people read pages, watch, print, back up, update,
 * look for devices and mistype. One round is what happens within a moment; days are made of rounds and skipped time.
 */
import type { Day } from './day.ts';
import type { Host } from './house.ts';

type Deed = (day: Day, host: Host) => Promise<unknown>;

function fetch(host: string, more: Record<string, unknown> = {}): Deed {
  return (day, { agent }) => agent.do({ do: 'http', host, port: 443, dns: day.house.router.ip, ...more });
}

const poll = fetch('iot-cloud.example.net', { path: '/status', up: 300, agent: 'esp-idf/1.0' });
const heartbeat: Deed = (day, { agent, name }) =>
  agent.do({ do: 'keep', name, host: 'push.example.com', port: 8883, dns: day.house.router.ip, up: 40 });
const clock: Deed = (day, { agent }) =>
  agent.do({
    do: 'datagrams',
    host: 'time.example.org',
    port: 123,
    dns: day.house.router.ip,
    hex: `23${'00'.repeat(47)}`,
    both: true,
  });
const push = fetch('push.example.com', { path: '/bytes/2000' });

/** A page and what it is made of, from several servers at once, with a browser's own client. */
const browse: Deed = async (day, { name, agent }) => {
  const site = day.choices.pick(['www.example.com', 'news.example.org', 'mail.example.net']);
  await day.house.lab.attempt(name, [
    'curl',
    '-sk',
    '-m',
    '5',
    '-o',
    '/dev/null',
    `https://${site}/bytes/60000`,
  ]);
  await Promise.all(
    [1, 2, 3, 4].map(() =>
      agent.do({
        do: 'http',
        host: 'img.example.org',
        port: 443,
        dns: day.house.router.ip,
        path: `/bytes/${day.choices.int(5, 80)}000`,
      }),
    ),
  );
};

const stream = fetch('video.example.com', { path: '/bytes/2500000' });
const update = fetch('updates.example.net', { path: '/bytes/6000000', port: 80, tls: false });
const snapshot = fetch('iot-cloud.example.net', { path: '/clip', up: 400_000 });
const cloudBackup = fetch('backup.example.com', { path: '/chunk', up: 8_000_000 });

const call: Deed = (_day, { agent }) =>
  agent.do({
    do: 'datagrams',
    host: '203.0.113.15',
    port: 3478,
    size: 900,
    count: 60,
    rate: 100,
    both: true,
  });

const localBackup: Deed = (day, { agent }) =>
  agent.do({ do: 'raw', host: day.host('nas').ip, port: 445, up: 5_000_000 });

const print: Deed = (day, { agent }) => {
  const printer = day.house.hosts.find(({ role }) => role === 'printer');
  return printer === undefined
    ? Promise.resolve()
    : agent.do({ do: 'raw', host: printer.ip, port: 9100, up: 150_000 });
};

const shell: Deed = (day, { name }) =>
  day.house.lab.attempt(name, [
    'ssh',
    ...[
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'ConnectTimeout=4',
    ].flatMap((option) => ['-o', option]),
    ...['-F', '/dev/null', '-i', `${day.house.lab.folder}/user-key`, `root@${day.host('nas').ip}`, 'true'],
  ]);

const SEARCH =
  'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n';
const PTR = '000000000001000000000000085f616972706c6179045f746370056c6f63616c00000c0001';

/** Looking for what there is: SSDP and mDNS questions, a page of the media server, a few neighbours. */
const discover: Deed = async (day, { agent, name, ip }) => {
  await agent.do({
    do: 'datagrams',
    host: '239.255.255.250',
    port: 1900,
    hex: Buffer.from(SEARCH).toString('hex'),
    count: 2,
  });
  await agent.do({ do: 'datagrams', host: '224.0.0.251', port: 5353, hex: PTR });
  await agent.do({ do: 'http', host: day.host('nas').ip, port: 8200, tls: false, path: '/rootDesc.xml' });
  const neighbours = day.house.hosts.filter((host) => host.ip !== ip && host.role !== 'intruder').slice(0, 3);
  for (const each of neighbours) await day.house.lab.attempt(name, ['ping', '-c', '1', '-W', '1', each.ip]);
};

const typo: Deed = (day, { agent }) =>
  agent.do({
    do: 'ask',
    dns: day.house.router.ip,
    names: day.choices
      .shuffled(['wwww.exmaple.com', 'intranet.corp', 'wpad.home.arpa', '5.1.168.192.in-addr.arpa'])
      .slice(0, 2),
  });

/** A share that is switched off: an application tries now and then, and gives up. */
const absent: Deed = (day, { agent }) =>
  agent.do({
    do: 'probe',
    targets: [
      [`${day.house.net}.77`, 445],
      [`${day.house.net}.77`, 139],
    ],
    wait: 0.3,
  });

const telemetry: Deed = (day, { name }) =>
  day.house.lab.attempt(name, [
    ...['mosquitto_pub', '-h', day.host('nas').ip, '-t', `home/${name}`, '-m', '{"temperature":21.4}'],
  ]);

/** What the app on a phone does with the things of its owner. */
const control: Deed = async (day, { agent }) => {
  for (const { role, ip } of day.house.hosts) {
    if (role === 'camera' || role === 'plug' || role === 'thermostat')
      await agent.do({ do: 'http', host: ip, port: 80, tls: false, path: '/status' });
  }
};

/** What each kind does, with the chance that it does so in a round. */
const HABITS: Readonly<Record<string, readonly (readonly [chance: number, deed: Deed])[]>> = {
  laptop: [
    [0.7, browse],
    [0.2, push],
    [0.12, shell],
    [0.12, discover],
    [0.1, typo],
    [0.06, print],
    [0.05, update],
    [0.06, localBackup],
    [0.05, absent],
    [0.06, call],
  ],
  desktop: [
    [0.5, browse],
    [0.2, push],
    [0.08, update],
    [0.08, localBackup],
    [0.05, cloudBackup],
    [0.05, print],
  ],
  phone: [
    [0.4, browse],
    [0.5, push],
    [0.15, discover],
    [0.25, control],
    [0.1, stream],
    [0.05, call],
  ],
  nas: [
    [0.15, clock],
    [0.08, cloudBackup],
    [0.1, update],
  ],
  camera: [
    [1, poll],
    [0.6, heartbeat],
    [0.3, snapshot],
    [0.1, clock],
  ],
  plug: [
    [1, poll],
    [0.5, telemetry],
    [0.1, clock],
  ],
  thermostat: [
    [1, poll],
    [0.5, telemetry],
    [0.1, clock],
  ],
  tv: [
    [0.5, stream],
    [0.2, discover],
    [0.2, push],
  ],
  speaker: [
    [0.4, stream],
    [0.8, heartbeat],
    [0.2, discover],
  ],
  printer: [
    [0.1, clock],
    [0.1, push],
  ],
};

/** Everybody at once, as the dice fall. */
export async function round(day: Day): Promise<void> {
  const { choices, house } = day;
  await Promise.all(
    house.hosts.flatMap((host) =>
      (HABITS[host.role] ?? []).flatMap(([chance, deed]) =>
        choices.next() < chance ? [deed(day, host)] : [],
      ),
    ),
  );
}

/** Things only, at the pace of their timers. */
export async function poll30(day: Day): Promise<void> {
  const things = day.house.hosts.filter(({ role }) =>
    ['camera', 'plug', 'thermostat', 'speaker'].includes(role),
  );
  await Promise.all(things.map((host) => (host.role === 'speaker' ? heartbeat : poll)(day, host)));
}

/** Hours in which things poll every half minute and people do something every few. `rounds` bounds its size. */
export async function quietTime(
  day: Day,
  rounds: number,
  everySeconds: readonly [low: number, high: number],
): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await round(day);
    await day.skip(day.choices.int(...everySeconds));
    for (let j = 0; j < 2; j++) {
      await poll30(day);
      await day.skip(29.5 + day.choices.next());
    }
  }
}
