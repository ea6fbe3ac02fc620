/** Guessing passwords with hydra, ncrack and Mirai's list, and logins that anybody can read. */
import type { Attack } from '../attack.ts';

/** Some of the pairs that Mirai's source tries (public since 2016). */
const MIRAI = [
  ['root', 'xc3511'],
  ['root', 'vizxv'],
  ['root', 'admin'],
  ['admin', 'admin'],
  ['root', '888888'],
  ['root', 'xmhdipc'],
  ['root', 'default'],
  ['root', 'juantech'],
  ['root', '123456'],
  ['root', '54321'],
  ['support', 'support'],
  ['root', ''],
  ['admin', 'password'],
  ['root', 'root'],
  ['root', '12345'],
  ['user', 'user'],
  ['admin', ''],
  ['root', 'pass'],
  ['admin', 'admin1234'],
  ['root', '1111'],
] as const;

/** Hydra 9.4 gives up on a connection that OpenSSH 9 ended after six refusals: it is started anew for every six words. */
const hydra: Attack = {
  name: 'hydra-ssh',
  technique: 'T1110.001',
  rules: ['brute-force'],
  also: ['connection-storm'],
  needs: ['hydra'],
  async run(day) {
    const { choices, house } = day;
    const attacker = day.host('intruder');
    const target = day.host('nas');
    const rounds = choices.int(12, 18);
    for (let i = 0; i < rounds; i++) {
      const words = Array.from({ length: 6 }, () => choices.hex(4));
      const list = house.lab.file('words-hydra', `${words.join('\n')}\n`);
      const line = ['hydra', '-I', '-l', 'root', '-P', list, '-t', '1', `ssh://${target.ip}`];
      await house.lab.attempt('intruder', line, 3_000);
    }
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [target.mac, target.ip],
      filter: `tcp and ether src ${attacker.mac} and dst host ${target.ip} and dst port 22`,
      tool: `hydra -l root -P LIST -t 1 ssh://${target.ip}, ${rounds} times with six words`,
    };
  },
};

function sshGuessing(
  name: string,
  command: (wordList: string, ip: string, tasks: string) => string[],
): Attack {
  return {
    name,
    technique: 'T1110.001',
    rules: ['brute-force'],
    also: ['connection-storm'],
    needs: [name.split('-')[0]!],
    async run(day) {
      const { lab } = day.house;
      const attacker = day.host('intruder');
      const target = day.host('nas');
      const words = Array.from({ length: day.choices.int(150, 300) }, () => day.choices.hex(4));
      const list = lab.file(`words-${name}`, `${words.join('\n')}\n`);
      const line = command(list, target.ip, String(day.choices.int(2, 4)));
      await lab.attempt('intruder', line, 14_000);
      return {
        actors: [attacker.mac, attacker.ip],
        targets: [target.mac, target.ip],
        filter: `tcp and ether src ${attacker.mac} and dst host ${target.ip} and dst port 22`,
        tool: line.join(' ').replace(list, 'LIST'),
      };
    },
  };
}

const mirai: Attack = {
  name: 'telnet-mirai',
  technique: 'T1110.001',
  rules: ['brute-force'],
  also: ['cleartext-login', 'default-credentials', 'connection-storm'],
  async run(day) {
    const { choices } = day;
    const bot = choices.next() < 0.5 ? day.host('intruder') : day.thing();
    const target = day.host('nas');
    await target.agent.do({ do: 'serve', kind: 'telnet', port: 23, accept: 'root:none' });
    const pairs = choices.shuffled(MIRAI).slice(0, choices.int(13, 20));
    await bot.agent.do({ do: 'telnet', host: target.ip, pairs, pause: choices.int(5, 40) / 100 });
    return {
      actors: [bot.mac, bot.ip],
      targets: [target.mac, target.ip],
      filter: `tcp and ether src ${bot.mac} and dst host ${target.ip} and dst port 23`,
      tool: `${pairs.length} pairs of Mirai's list, one connection each, against a telnet server that refuses them (send/agent.py)`,
    };
  },
};

const defaultTelnet: Attack = {
  name: 'default-telnet',
  technique: 'T1078.001',
  rules: ['cleartext-login', 'default-credentials'],
  async run(day) {
    const attacker = day.host('intruder');
    const target = day.host('nas');
    await target.agent.do({ do: 'serve', kind: 'telnet', port: 2323, accept: 'root:vizxv' });
    const then = ['enable', 'system', 'shell', '/bin/busybox MIRAI'];
    await attacker.agent.do({ do: 'telnet', host: target.ip, port: 2323, pairs: [['root', 'vizxv']], then });
    return {
      actors: [attacker.mac, attacker.ip],
      targets: [target.mac, target.ip],
      filter: `tcp and ether src ${attacker.mac} and dst host ${target.ip} and dst port 2323`,
      tool: 'root and vizxv, accepted, then commands of Mirai (send/agent.py)',
    };
  },
};

const plainLogin: Attack = {
  name: 'plain-http-login',
  technique: 'T1552',
  rules: ['cleartext-login'],
  async run(day) {
    const client = day.thing();
    const login = `device:${day.choices.hex(5)}`;
    for (let i = 0; i < 3; i++) {
      await client.agent.do({
        do: 'http',
        host: 'www.example.com',
        dns: day.house.router.ip,
        port: 80,
        tls: false,
        login,
      });
      await day.skip(day.choices.int(60, 300));
    }
    return {
      actors: [client.mac, client.ip],
      targets: ['203.0.113.10'],
      filter: `tcp and ether src ${client.mac} and dst port 80 and dst host 203.0.113.10`,
      tool: 'HTTP Basic over port 80 to a server elsewhere',
    };
  },
};

const plainMqtt: Attack = {
  name: 'plain-mqtt-login',
  technique: 'T1552',
  rules: ['cleartext-login', 'plaintext-mqtt'],
  needs: ['mosquitto_pub'],
  async run(day) {
    const client = day.thing();
    const target = day.host('nas');
    const command = [
      'mosquitto_pub',
      '-h',
      target.ip,
      '-u',
      'sensor',
      '-P',
      day.choices.hex(4),
      '-t',
      'home/x',
      '-m',
      '1',
    ];
    for (let i = 0; i < 3; i++) await day.house.lab.attempt(client.name, command);
    return {
      actors: [client.mac, client.ip],
      targets: [target.mac, target.ip],
      filter: `tcp and ether src ${client.mac} and dst port 1883`,
      tool: command.join(' '),
    };
  },
};

export const LOGINS: readonly Attack[] = [
  hydra,
  sshGuessing('ncrack-ssh', (list, ip) => ['ncrack', '-T4', '--user', 'root', '-P', list, `ssh://${ip}`]),
  mirai,
  defaultTelnet,
  plainLogin,
  plainMqtt,
];
