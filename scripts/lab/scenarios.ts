import { setTimeout as sleep } from 'node:timers/promises';
import { addRouter, browse, leaseByDhclient, leaseByUdhcpc, NAMES, ROUTER, startAvahi } from './home.ts';
import type { Lab } from './lab.ts';
import { officeLan } from './office.ts';

/** Builds what it needs in the lab and records it into `file` (classic pcap). */
export type Scenario = (lab: Lab, file: string) => Promise<void>;

/** Addresses of the hosts that scenarios use; vendors are those of the registered blocks. */
export const MACS = {
  laptop: '3c:a9:f4:11:22:33', // Intel
  nas: '00:11:32:aa:bb:01', // Synology
  printer: '9c:b6:54:0d:0e:0f', // HP
  plug: '24:0a:c4:77:66:55', // Espressif
  pi: 'b8:27:eb:12:34:56', // Raspberry Pi
  intruder: '00:0c:29:de:ad:01', // VMware
} as const;

const PRINTER_SERVICE = `<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>Office printer</name>
<service><type>_ipp._tcp</type><port>631</port><txt-record>rp=ipp/print</txt-record>
<txt-record>ty=HP LaserJet Pro M404dn</txt-record><txt-record>product=(HP LaserJet Pro M404dn)</txt-record>
<txt-record>usb_MFG=HP</txt-record><txt-record>usb_MDL=LaserJet Pro M404dn</txt-record>
<txt-record>pdl=application/pdf,image/urf</txt-record></service></service-group>`;

const NAS_SERVICE = `<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>diskstation</name>
<service><type>_smb._tcp</type><port>445</port></service>
<service><type>_http._tcp</type><port>5000</port><txt-record>vendor=Synology</txt-record>
<txt-record>model=DS220+</txt-record></service></service-group>`;

/** Half a minute of a home: leases, names, discovery, pages, a file share, a shell. No attack. */
const homeLan: Scenario = async (lab, file) => {
  addRouter(lab);
  for (const name of ['laptop', 'nas', 'printer', 'plug', 'pi'] as const) {
    lab.addHost(name, { mac: MACS[name], resolver: ROUTER.ip });
  }
  const stop = await lab.record(file);
  await sleep(1000);
  leaseByDhclient(lab, 'laptop', 'annas-laptop');
  leaseByDhclient(lab, 'nas', 'diskstation');
  leaseByUdhcpc(lab, 'printer', 'NPI0D0E0F');
  leaseByUdhcpc(lab, 'plug', 'ESP_776655');
  leaseByDhclient(lab, 'pi', 'raspberrypi');
  startAvahi(lab, 'printer', 'NPI0D0E0F', { printer: PRINTER_SERVICE });
  startAvahi(lab, 'nas', 'diskstation', { nas: NAS_SERVICE });
  startAvahi(lab, 'pi', 'raspberrypi');
  lab.start('nas', [
    'sh',
    '-c',
    `mkdir -p ${lab.folder}/media && exec minidlnad -S -f ${lab.file(
      'minidlna.conf',
      `media_dir=${lab.folder}/media\ndb_dir=${lab.folder}/dlna\nlog_dir=${lab.folder}\nfriendly_name=diskstation\nmodel_name=DS220+\nnetwork_interface=eth0\nport=8200\nnotify_interval=10\n`,
    )} -P ${lab.folder}/dlna.pid`,
  ]);
  await sleep(2000);
  await browse(lab, 'laptop', 6);
  for (let i = 0; i < 4; i++) {
    lab.quiet('plug', ['curl', '-s', '-m', '5', '-o', '/dev/null', 'http://cloud.example.org/']);
    lab.quiet('pi', ['curl', '-s', '-m', '5', '-o', '/dev/null', 'http://updates.example.net/']);
    lab.quiet('laptop', ['ping', '-c', '1', '-W', '1', ROUTER.ip]);
    lab.quiet('laptop', ['ping', '-6', '-c', '1', '-W', '1', 'fd77:1:2:3::1']);
    await sleep(2500);
  }
  // A client looks for what there is.
  lab.quiet(
    'laptop',
    ['dig', '+short', '+time=1', '-p', '5353', '@224.0.0.251', '_ipp._tcp.local', 'PTR'],
    5000,
  );
  lab.quiet('laptop', [
    'curl',
    '-s',
    '-m',
    '3',
    '-o',
    '/dev/null',
    `http://${addressOf(lab, 'nas')}:8200/rootDesc.xml`,
  ]);
  await sleep(4000);
  await stop();
};

/** A host on the LAN scans another one's ports, then the whole network, with nmap. */
const portScan: Scenario = async (lab, file) => {
  addRouter(lab);
  lab.addHost('pi', { mac: MACS.pi, address: '192.168.77.20/24', gateway: ROUTER.ip });
  lab.addHost('intruder', { mac: MACS.intruder, address: '192.168.77.66/24', gateway: ROUTER.ip });
  const stop = await lab.record(file);
  await sleep(500);
  lab.quiet('intruder', ['nmap', '-n', '-Pn', '-sS', '--max-retries', '0', '-p', '1-400', '192.168.77.20']);
  lab.quiet(
    'intruder',
    ['nmap', '-n', '-Pn', '-sS', '--max-retries', '0', '-p', '23', '203.0.113.0/25'],
    60_000,
  );
  await stop();
};

/** A host on the LAN tells a victim that it is the router (dsniff's arpspoof). */
const arpSpoof: Scenario = async (lab, file) => {
  addRouter(lab);
  lab.addHost('laptop', { mac: MACS.laptop, address: '192.168.77.30/24', gateway: ROUTER.ip });
  lab.addHost('intruder', { mac: MACS.intruder, address: '192.168.77.66/24', gateway: ROUTER.ip });
  const stop = await lab.record(file);
  lab.quiet('laptop', ['ping', '-c', '3', '-i', '0.3', ROUTER.ip]);
  lab.run('intruder', ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  const spoof = lab.start('intruder', ['arpspoof', '-i', 'eth0', '-t', '192.168.77.30', ROUTER.ip]);
  await sleep(6000);
  lab.quiet('laptop', ['ping', '-c', '3', '-i', '0.3', ROUTER.ip]);
  await sleep(4000);
  await lab.stop(spoof);
  await stop();
};

/** A second DHCP server on the same network hands out itself as the router. */
const rogueDhcp: Scenario = async (lab, file) => {
  addRouter(lab);
  lab.addHost('laptop', { mac: MACS.laptop });
  lab.addHost('plug', { mac: MACS.plug });
  lab.addHost('intruder', { mac: MACS.intruder, address: '192.168.77.66/24', gateway: ROUTER.ip });
  const stop = await lab.record(file);
  leaseByDhclient(lab, 'laptop', 'annas-laptop');
  const rogue = lab.start('intruder', [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--port=0',
    '--interface=eth0',
    '--bind-interfaces',
    '--dhcp-range=192.168.77.200,192.168.77.220,1h',
    '--dhcp-option=option:router,192.168.77.66',
    '--dhcp-authoritative',
    `--dhcp-leasefile=${lab.file('rogue-leases', '')}`,
    '--user=root',
  ]);
  await sleep(1500);
  leaseByUdhcpc(lab, 'plug', 'ESP_776655');
  lab.run('laptop', ['ip', 'addr', 'flush', 'dev', 'eth0']);
  leaseByUdhcpc(lab, 'laptop', 'annas-laptop', 'MSFT 5.0');
  await sleep(1000);
  await lab.stop(rogue);
  await stop();
};

/** Two hosts are given the same address by hand. */
const ipConflict: Scenario = async (lab, file) => {
  addRouter(lab);
  lab.addHost('laptop', { mac: MACS.laptop, address: '192.168.77.30/24', gateway: ROUTER.ip });
  lab.addHost('pi', { mac: MACS.pi, address: '192.168.77.31/24', gateway: ROUTER.ip });
  const stop = await lab.record(file);
  lab.quiet('laptop', ['ping', '-c', '3', '-i', '0.3', ROUTER.ip]);
  lab.run('pi', ['ip', 'addr', 'flush', 'dev', 'eth0']);
  lab.run('pi', ['ip', 'addr', 'add', '192.168.77.30/24', 'dev', 'eth0']);
  lab.quiet('pi', ['arping', '-U', '-c', '2', '-I', 'eth0', '192.168.77.30'], 8000);
  for (let i = 0; i < 3; i++) {
    lab.quiet('laptop', ['ping', '-c', '2', '-i', '0.3', ROUTER.ip]);
    lab.quiet('pi', ['ping', '-c', '2', '-i', '0.3', ROUTER.ip]);
    lab.quiet('laptop', ['arping', '-U', '-c', '1', '-I', 'eth0', '192.168.77.30'], 8000);
    lab.quiet('pi', ['arping', '-U', '-c', '1', '-I', 'eth0', '192.168.77.30'], 8000);
  }
  await stop();
};

/** A host takes over the MAC address of another one that stays on the network. */
const macClone: Scenario = async (lab, file) => {
  addRouter(lab);
  lab.addHost('pi', { mac: MACS.pi, address: '192.168.77.31/24', gateway: ROUTER.ip, resolver: ROUTER.ip });
  lab.addHost('intruder', {
    mac: MACS.intruder,
    address: '192.168.77.66/24',
    gateway: ROUTER.ip,
    resolver: ROUTER.ip,
  });
  const stop = await lab.record(file);
  leaseByDhclient(lab, 'pi', 'raspberrypi');
  lab.quiet('pi', ['ping', '-c', '4', '-i', '0.3', ROUTER.ip]);
  lab.run('intruder', ['ip', 'link', 'set', 'eth0', 'address', MACS.pi]);
  leaseByUdhcpc(lab, 'intruder', 'kali', 'udhcp 1.35.0');
  for (let i = 0; i < 6; i++) {
    lab.quiet('pi', ['ping', '-c', '2', '-i', '0.2', '-t', '64', ROUTER.ip]);
    lab.quiet('intruder', ['ping', '-c', '2', '-i', '0.2', '-t', '128', ROUTER.ip]);
  }
  await stop();
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'home-lan': homeLan,
  'office-lan': officeLan,
  'port-scan': portScan,
  'arp-spoof': arpSpoof,
  'rogue-dhcp': rogueDhcp,
  'ip-conflict': ipConflict,
  'mac-clone': macClone,
};

/** The IPv4 address that a host got. */
function addressOf(lab: Lab, host: string): string {
  return (
    /inet ([\d.]+)/.exec(lab.run(host, ['ip', '-4', 'addr', 'show', 'dev', 'eth0']))?.[1] ??
    Object.values(NAMES)[0]!
  );
}
