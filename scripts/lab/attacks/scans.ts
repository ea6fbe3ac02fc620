/** Ports of one host and hosts of one port, with nmap, masscan and hping3. */
import type { Attack } from '../attack.ts';
import type { Day, Deed } from '../day.ts';

type Nmap = (day: Day, target: string) => readonly string[];

function portScan(name: string, options: Nmap): Attack {
  return {
    name,
    technique: 'T1046',
    rules: ['port-scan'],
    also: ['connection-storm', 'syn-flood'],
    needs: ['nmap'],
    async run(day): Promise<Deed> {
      const attacker = day.host('intruder');
      const target = day.resident();
      const command = ['nmap', '-n', '-Pn', '--max-retries', '0', ...options(day, target.ip), target.ip];
      await day.house.lab.attempt('intruder', command, 25_000);
      return {
        actors: [attacker.mac, attacker.ip],
        targets: [target.mac, target.ip],
        filter: `ether src ${attacker.mac} and ip dst ${target.ip}`,
        tool: command.join(' '),
      };
    },
  };
}

/** A range of ports whose place and size the seed chooses. */
function ports({ choices }: Day, low: number, high: number): string {
  const first = choices.int(1, 2000);
  return `${first}-${first + choices.int(low, high)}`;
}

const slow: Attack = {
  name: 'nmap-slow',
  technique: 'T1046',
  rules: ['port-scan'],
  also: ['connection-storm'],
  needs: ['nmap'],
  async run(day) {
    const attacker = day.host('intruder');
    const target = day.resident();
    const first = day.choices.int(20, 3000);
    const seconds = day.choices.int(16, 90);
    const probes = day.choices.int(36, 50);
    const command = ['nmap', '-n', '-Pn', '-sS', '--max-retries', '0', '-p'];
    for (let i = 0; i < probes; i++) {
      await day.house.lab.attempt('intruder', [...command, String(first + i), target.ip]);
      await day.skip(seconds);
    }
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [target.mac, target.ip],
      filter: `ether src ${attacker.mac} and ip dst ${target.ip}`,
      tool: `${command.join(' ')} PORT ${target.ip}, one port every ${seconds} s (time inserted)`,
    };
  },
};

const decoys: Attack = {
  name: 'nmap-decoys',
  technique: 'T1046',
  rules: ['port-scan'],
  also: ['ip-conflict', 'arp-spoof', 'connection-storm', 'syn-flood'],
  needs: ['nmap'],
  async run(day) {
    const { net, lab } = day.house;
    const attacker = day.host('intruder');
    const target = day.resident();
    const hidden = [3, 4, 5].map((last) => `${net}.${last * 8 + day.choices.int(0, 7)}`);
    const command = [
      'nmap',
      '-n',
      '-Pn',
      '-sS',
      '--max-retries',
      '0',
      '-p',
      ports(day, 80, 200),
      '-D',
      `${hidden.join(',')},ME`,
      target.ip,
    ];
    await lab.attempt('intruder', command, 25_000);
    return {
      actors: [attacker.mac, attacker.ip, ...hidden],
      targets: [target.mac, target.ip],
      filter: `ether src ${attacker.mac} and ip dst ${target.ip}`,
      tool: command.join(' '),
    };
  },
};

const arpSweep: Attack = {
  name: 'nmap-arp-sweep',
  technique: 'T1018',
  rules: ['host-scan'],
  needs: ['nmap'],
  async run(day) {
    const attacker = day.host('intruder');
    const command = ['nmap', '-n', '-sn', `${day.house.net}.0/24`];
    await day.house.lab.attempt('intruder', command, 25_000);
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [],
      filter: `arp and ether src ${attacker.mac}`,
      tool: command.join(' '),
    };
  },
};

const pingSweep: Attack = {
  name: 'ping-sweep',
  technique: 'T1018',
  rules: ['host-scan'],
  needs: ['nmap'],
  async run(day) {
    const attacker = day.host('intruder');
    const net = `10.${day.choices.int(20, 200)}.${day.choices.int(0, 255)}`;
    const command = ['nmap', '-n', '-sn', '-PE', '--max-retries', '0', '-T4', `${net}.0/25`];
    await day.house.lab.attempt('intruder', command, 25_000);
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [],
      filter: `icmp and ether src ${attacker.mac} and dst net ${net}.0/24`,
      tool: command.join(' '),
    };
  },
};

const masscan: Attack = {
  name: 'masscan',
  technique: 'T1595.001',
  rules: ['host-scan'],
  also: ['connection-storm', 'syn-flood', 'port-scan'],
  needs: ['masscan'],
  async run(day) {
    const { lab, router } = day.house;
    const attacker = day.host('intruder');
    const port = day.choices.pick([23, 22, 445, 3389, 5555, 8291]);
    const rate = day.choices.int(80, 300);
    const command = [
      'masscan',
      '-p',
      String(port),
      '198.18.0.0/22',
      '--rate',
      String(rate),
      '--wait',
      '0',
      '-e',
      'eth0',
      '--source-ip',
      attacker.ip,
      '--router-mac',
      router.mac.replaceAll(':', '-'),
      '--seed',
      '7',
    ];
    await lab.attempt('intruder', command, 6_000);
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [],
      filter: `tcp and ether src ${attacker.mac} and dst net 198.18.0.0/15`,
      tool: command.join(' '),
    };
  },
};

/** A thing that has polled its cloud all day begins to look for others of its kind, as bots do. */
const turned: Attack = {
  name: 'turned-device',
  technique: 'T1595.001',
  rules: ['host-scan'],
  also: ['connection-storm', 'traffic-burst'],
  async run(day) {
    const { choices } = day;
    const thing = day.thing();
    const address = (): string =>
      `${choices.int(30, 99)}.${choices.int(1, 254)}.${choices.int(1, 254)}.${choices.int(1, 254)}`;
    const targets = Array.from({ length: choices.int(120, 300) }, () => [
      address(),
      choices.int(0, 9) === 0 ? 2323 : 23,
    ]);
    await thing.agent.do({ do: 'probe', targets, pause: choices.int(10, 30) / 1000, wait: 0.6 });
    return {
      actors: [thing.mac, thing.ip],
      targets: [],
      filter: `tcp and ether src ${thing.mac} and (dst port 23 or dst port 2323)`,
      tool: 'connect() to random addresses, ports 23 and 2323 in 9 of 10 and 1 of 10',
    };
  },
};

export const SCANS: readonly Attack[] = [
  portScan('nmap-syn', (day) => ['-sS', '-p', ports(day, 150, 600)]),
  portScan('nmap-connect', (day) => ['-sT', '-p', ports(day, 100, 300)]),
  portScan('nmap-fin', (day) => ['-sF', '-p', ports(day, 80, 200)]),
  portScan('nmap-null', (day) => ['-sN', '-p', ports(day, 80, 200)]),
  portScan('nmap-xmas', (day) => ['-sX', '-p', ports(day, 80, 200)]),
  portScan('nmap-ack', (day) => ['-sA', '-p', ports(day, 80, 200)]),
  portScan('nmap-udp', (day) => ['-sU', '-T4', '--min-rate', '60', '-p', ports(day, 100, 200)]),
  slow,
  decoys,
  arpSweep,
  pingSweep,
  masscan,
  turned,
];
