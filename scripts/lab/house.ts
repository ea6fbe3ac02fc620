/**
 * A home that a seed chooses: subnet, makers, addresses and which devices there are. A router with dnsmasq and radvd, a
 * namespace behind it that stands for the internet (name server, web, clock, sinks), and hosts that get leases and run
 * what such devices run. Addresses elsewhere are of the documentation blocks (RFC 5737); nothing translates addresses,
 * because the LAN side, which is recorded, looks the same without.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from './agent.ts';
import { leaseCommand, startAvahi } from './home.ts';
import type { Lab } from './lab.ts';
import type { Choices } from './random.ts';

export interface Host {
  readonly name: string;
  readonly role: Role;
  readonly mac: string;
  readonly ip: string;
  readonly agent: Agent;
}

export interface Machine {
  readonly mac: string;
  readonly ip: string;
}

export interface House {
  readonly lab: Lab;
  /** First three octets. */
  readonly net: string;
  readonly router: Machine;
  readonly hosts: readonly Host[];
  /** Services elsewhere. */
  readonly internet: Agent;
  readonly cloud: Readonly<Record<string, string>>;
  /** An address elsewhere that no name leads to, where sinks listen. */
  readonly dropZone: string;
  /** Zone that is delegated to the name server of a tunnel. */
  readonly tunnelZone: string;
  readonly tunnelServer: string;
}

export const ROLES = [
  'laptop',
  'phone',
  'nas',
  'camera',
  'plug',
  'tv',
  'printer',
  'thermostat',
  'speaker',
  'desktop',
] as const;
export type Role = (typeof ROLES)[number] | 'intruder';

/** Blocks of the IEEE registry by who might make such a device. */
const MAKERS: Readonly<Record<Role, readonly string[]>> = {
  laptop: ['3c:a9:f4', '98:fa:9b', 'f8:ff:c2'],
  phone: ['da:a1:19', '5e:20:7b', 'f2:9c:41'],
  nas: ['00:11:32', '24:5e:be', '90:09:d0'],
  camera: ['ec:71:db', '2c:aa:8e', '9c:8e:cd'],
  plug: ['24:0a:c4', '50:c7:bf', '68:57:2d'],
  tv: ['cc:6e:a4', 'a8:23:fe', '64:1c:ae'],
  printer: ['9c:b6:54', '00:1b:a9', '64:eb:8c'],
  thermostat: ['18:b4:30', '44:61:32', '00:d0:2d'],
  speaker: ['78:28:ca', '48:a6:b8', '34:7e:5c'],
  desktop: ['a8:a1:59', '70:85:c2', 'b4:2e:99'],
  intruder: ['00:0c:29', 'b8:27:eb', '00:c0:ca'],
};
const ROUTERS = ['50:c7:bf', '3c:a6:2f', 'c0:56:27'];
const SUBNETS = ['192.168.0', '192.168.1', '192.168.178', '10.0.0', '192.168.42', '172.16.5', '10.1.10'];

const DHCP_SERVER = 67;
const INTERNET = '203.0.113.10';
const RESOLVER = '203.0.113.53';
const SINK = '198.51.100.77';
const TUNNEL = '198.51.100.53';
const TUNNEL_ZONE = 'v4.cdn-sync.example';
export const CLOUD = {
  'www.example.com': '203.0.113.10',
  'news.example.org': '203.0.113.11',
  'img.example.org': '203.0.113.12',
  'updates.example.net': '203.0.113.13',
  'iot-cloud.example.net': '203.0.113.14',
  'video.example.com': '203.0.113.15',
  'backup.example.com': '203.0.113.16',
  'push.example.com': '203.0.113.17',
  'time.example.org': '203.0.113.18',
  'mail.example.net': '203.0.113.19',
} as const;

/** Builds it, recording nothing yet. `size`: hosts beside the router. */
export function buildHouse(lab: Lab, choices: Choices): Omit<House, 'hosts' | 'internet'> & { plan: Role[] } {
  const net = choices.pick(SUBNETS);
  const router = { mac: `${choices.pick(ROUTERS)}:${tail(choices)}`, ip: `${net}.${choices.pick([1, 254])}` };
  lab.addBridge('br-wan');
  lab.addHost('router', { mac: router.mac, address: `${router.ip}/24` });
  lab.addInterface('router', 'eth1', {
    mac: '02:00:5e:00:01:01',
    address: '203.0.113.1/24',
    gateway: INTERNET,
    bridge: 'br-wan',
  });
  lab.run('router', ['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  // As cheap routers come: a false source is no reason to drop.
  for (const device of ['all', 'eth0'])
    lab.run('router', ['sysctl', '-qw', `net.ipv4.conf.${device}.rp_filter=0`]);
  lab.run('router', ['ip', 'addr', 'add', 'fd77:1:2:3::1/64', 'dev', 'eth0']);
  lab.addHost('internet', {
    mac: '02:00:5e:00:01:02',
    address: `${INTERNET}/24`,
    gateway: '203.0.113.1',
    bridge: 'br-wan',
  });
  for (const address of [...Object.values(CLOUD).slice(1), RESOLVER, SINK, TUNNEL]) {
    lab.run('internet', ['ip', 'addr', 'add', `${address}/32`, 'dev', 'eth0']);
  }
  startRouter(lab, net, router);
  startInternet(lab);
  const others = choices.shuffled(ROLES.slice(3)).slice(0, choices.int(2, 4));
  const plan: Role[] = [...ROLES.slice(0, 3), ...others];
  return {
    lab,
    net,
    router,
    cloud: CLOUD,
    dropZone: SINK,
    tunnelZone: TUNNEL_ZONE,
    tunnelServer: TUNNEL,
    plan,
  };
}

/** Hosts join: leases, services, agents. To be called while recording, so that the capture shows it. */
export async function inhabit(
  built: ReturnType<typeof buildHouse>,
  choices: Choices,
  withIntruder: boolean,
): Promise<House> {
  const { lab, plan, net } = built;
  const internet = new Agent(lab, 'internet');
  await serveInternet(lab, internet);
  const roles: Role[] = withIntruder ? [...plan, 'intruder'] : plan;
  const machines = roles.map((role) => ({ role, mac: `${choices.pick(MAKERS[role])}:${tail(choices)}` }));
  await listening(lab, 'router', DHCP_SERVER);
  const hosts = await Promise.all(
    machines.map(async ({ role, mac }) => {
      lab.addHost(role, { mac, resolver: built.router.ip });
      const vendor = role === 'plug' ? 'udhcp 1.24.1' : undefined;
      const ip = await leased(lab, role, net, leaseCommand(lab, nameOf(role, mac), vendor));
      return { name: role, role, mac, ip, agent: new Agent(lab, role) };
    }),
  );
  await startServices(lab, hosts);
  await sleep(1500);
  return { ...built, hosts, internet };
}

/** Until something in the host listens on a UDP port: daemons take their time on a busy machine. */
export async function listening(lab: Lab, host: string, port: number): Promise<void> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let i = 0; i < 50; i++) {
    if (lab.run(host, ['cat', '/proc/net/udp']).includes(wanted)) return;
    await sleep(200);
  }
  throw new Error(`nothing listens on port ${port} of ${host}`);
}

function startRouter(lab: Lab, net: string, router: Machine): void {
  lab.start('router', [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--interface=eth0',
    '--bind-interfaces',
    `--server=${RESOLVER}`,
    `--dhcp-range=${net}.100,${net}.199,12h`,
    `--dhcp-option=option:router,${router.ip}`,
    '--domain=home.arpa',
    '--local=/home.arpa/',
    '--dhcp-authoritative',
    '--no-ping',
    `--dhcp-leasefile=${lab.file('leases', '')}`,
    '--user=root',
  ]);
  const radvd = lab.file(
    'radvd.conf',
    'interface eth0 { AdvSendAdvert on; MinRtrAdvInterval 4; MaxRtrAdvInterval 10; prefix fd77:1:2:3::/64 {}; RDNSS fd77:1:2:3::1 {}; };\n',
  );
  lab.start('router', ['radvd', '-n', '-C', radvd, '-p', `${lab.folder}/radvd.pid`]);
}

function startInternet(lab: Lab): void {
  lab.start('internet', [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    `--listen-address=${RESOLVER}`,
    '--bind-interfaces',
    '--address=/#/',
    `--server=/${TUNNEL_ZONE}/${TUNNEL}`,
    ...Object.entries(CLOUD).map(([name, ip]) => `--address=/${name}/${ip}`),
    ...[1, 2, 3, 4].map((i) => `--txt-record=big.example.net,${i} ${'lanscope '.repeat(25).trim()}`),
    '--user=root',
  ]);
  const conf = lab.file(
    'chrony.conf',
    // The pid file is removed when the daemon ends: never name a device here.
    `local stratum 3\nallow\nbindaddress 203.0.113.18\ncmdport 0\nbindcmdaddress /\npidfile ${lab.folder}/chrony.pid\n`,
  );
  lab.start('internet', ['chronyd', '-d', '-x', '-U', '-u', 'root', '-f', conf]);
}

async function serveInternet(lab: Lab, internet: Agent): Promise<void> {
  const [key, cert] = [`${lab.folder}/cloud.key`, `${lab.folder}/cloud.crt`];
  lab.run('internet', [
    ...'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825'.split(' '),
    ...['-subj', '/O=Example/CN=*.example.com', '-keyout', key, '-out', cert],
  ]);
  await Promise.all([
    internet.do({ do: 'serve', kind: 'http', port: 443, cert, key }),
    internet.do({ do: 'serve', kind: 'http', port: 80 }),
    internet.do({ do: 'serve', kind: 'echo', port: 8883, cert, key }),
    ...[4444, 48101, 6667, 1337, 9001].map((port) => internet.do({ do: 'serve', kind: 'echo', port })),
    ...[8081, 21212].map((port) => internet.do({ do: 'serve', kind: 'sink', port })),
    internet.do({ do: 'serve', kind: 'udp', port: 3478 }),
  ]);
}

const PRINTER = `<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>Printer</name><service><type>_ipp._tcp</type><port>631</port></service></service-group>`;
const SHARE = `<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>nas</name><service><type>_smb._tcp</type><port>445</port></service></service-group>`;

async function startServices(lab: Lab, hosts: readonly Host[]): Promise<void> {
  for (const { name, role, agent } of hosts) {
    if (role === 'printer') {
      startAvahi(lab, name, 'printer', { printer: PRINTER });
      await agent.do({ do: 'serve', kind: 'sink', port: 9100 });
    }
    if (role === 'nas') {
      startAvahi(lab, name, 'nas', { share: SHARE });
      startSsh(lab, name);
      lab.start(name, [
        'mosquitto',
        '-c',
        lab.file('mosquitto.conf', 'listener 1883\nallow_anonymous true\nuser root\n'),
      ]);
      await agent.do({ do: 'serve', kind: 'sink', port: 445 });
      await agent.do({ do: 'serve', kind: 'http', port: 5000 });
      const media = `media_dir=${lab.folder}/media\ndb_dir=${lab.folder}/dlna\nlog_dir=${lab.folder}\nfriendly_name=nas\nnetwork_interface=eth0\nport=8200\n`;
      const conf = lab.file('minidlna.conf', media);
      lab.start(name, [
        'sh',
        '-c',
        `mkdir -p ${lab.folder}/media && exec minidlnad -S -f ${conf} -P ${lab.folder}/dlna.pid`,
      ]);
    }
    if (role === 'camera' || role === 'plug' || role === 'thermostat') {
      await agent.do({ do: 'serve', kind: 'http', port: 80 });
    }
    if (role === 'camera') await agent.do({ do: 'serve', kind: 'telnet', port: 23 });
  }
}

/** A server that asks for passwords, as shipped. */
function startSsh(lab: Lab, host: string): void {
  for (const name of ['host-key', 'user-key'])
    lab.run(host, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', `${lab.folder}/${name}`]);
  const conf = lab.file(
    'sshd_config',
    `HostKey ${lab.folder}/host-key\nPidFile none\nAuthorizedKeysFile ${lab.folder}/user-key.pub\nStrictModes no\nPasswordAuthentication yes\nUsePAM no\nMaxStartups 100\n`,
  );
  const script = `mkdir -p /run/sshd && mount -t tmpfs -o mode=755 tmpfs /run/sshd && exec /usr/sbin/sshd -D -f ${conf}`;
  lab.start(host, ['sh', '-c', script]);
}

function tail(choices: Choices): string {
  return [0, 1, 2].map(() => choices.hex(1)).join(':');
}

function nameOf(role: Role, mac: string): string {
  return role === 'intruder' ? 'kali' : `${role}-${mac.slice(-5).replace(':', '')}`;
}

async function leased(lab: Lab, host: string, net: string, command: readonly string[]): Promise<string> {
  for (let i = 0; i < 3; i++) {
    await lab.attempt(host, command, 40_000);
    const ip = /inet ([\d.]+)/.exec(lab.run(host, ['ip', '-4', 'addr', 'show', 'dev', 'eth0']))?.[1];
    if (ip?.startsWith(net) === true) return ip;
  }
  throw new Error(`${host} got no lease`);
}
