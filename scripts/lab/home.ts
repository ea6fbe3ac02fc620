/**
 * The home LAN that the scenarios share: a router (dnsmasq for DHCP and DNS, radvd), a network behind it that stands for
 * the internet (nginx), and hosts with real clients and daemons. The MAC addresses are chosen from registered blocks so
 * that vendors can be read; everything else is what the programs themselves put on the wire.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';

export const ROUTER = { mac: '50:c7:bf:10:20:01', ip: '192.168.77.1' } as const;
export const NAMES: Readonly<Record<string, string>> = {
  'www.example.com': '203.0.113.10',
  'updates.example.net': '203.0.113.11',
  'cloud.example.org': '203.0.113.12',
};

/** Router, resolver and the other side of it. */
export function addRouter(lab: Lab): void {
  lab.addBridge('br-wan');
  lab.addHost('router', { mac: ROUTER.mac, address: `${ROUTER.ip}/24` });
  lab.addInterface('router', 'eth1', {
    mac: '02:00:5e:00:01:01',
    address: '203.0.113.1/24',
    bridge: 'br-wan',
  });
  lab.run('router', ['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  lab.run('router', ['ip', 'addr', 'add', 'fd77:1:2:3::1/64', 'dev', 'eth0']);
  lab.addHost('internet', {
    mac: '02:00:5e:00:01:02',
    address: '203.0.113.10/24',
    gateway: '203.0.113.1',
    bridge: 'br-wan',
  });
  for (const last of [11, 12])
    lab.run('internet', ['ip', 'addr', 'add', `203.0.113.${last}/24`, 'dev', 'eth0']);

  const addresses = Object.entries(NAMES).map(([name, ip]) => `--address=/${name}/${ip}`);
  lab.start('router', [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--interface=eth0',
    '--bind-interfaces',
    '--dhcp-range=192.168.77.100,192.168.77.150,12h',
    `--dhcp-option=option:router,${ROUTER.ip}`,
    '--domain=home.arpa',
    '--dhcp-authoritative',
    '--dhcp-leasefile=' + lab.file('leases', ''),
    '--user=root',
    ...addresses,
  ]);
  const radvd = lab.file(
    'radvd.conf',
    'interface eth0 { AdvSendAdvert on; MinRtrAdvInterval 4; MaxRtrAdvInterval 10; prefix fd77:1:2:3::/64 {}; RDNSS fd77:1:2:3::1 {}; };\n',
  );
  lab.start('router', ['radvd', '-n', '-C', radvd, '-p', `${lab.folder}/radvd.pid`]);

  const page = `<html><body>${'lorem ipsum '.repeat(3000)}</body></html>`;
  lab.file('index.html', page);
  const nginx = lab.file(
    'nginx.conf',
    `user root; worker_processes 1; daemon off; pid ${lab.folder}/nginx.pid; error_log /dev/null; events {}
     http { access_log off; server { listen 80; root ${lab.folder}; } }\n`,
  );
  lab.start('internet', ['nginx', '-c', nginx]);
}

/** A lease script that configures the interface and nothing else of the machine. */
function leaseScript(lab: Lab): string {
  return lab.file(
    'lease.sh',
    `#!/bin/sh
if [ -n "$new_ip_address" ]; then ip=$new_ip_address router=$new_routers; fi
case "$1$reason" in bound|renew|BOUND|RENEW|REBOOT) ;; *) exit 0 ;; esac
ip addr replace "$ip/24" dev "$interface"
ip route replace default via "\${router%% *}"
`,
    0o755,
  );
}

/** Gets a lease with busybox udhcpc, as small Linux devices do. */
export function leaseByUdhcpc(lab: Lab, host: string, hostName: string, vendorClass?: string): void {
  lab.run(host, leaseCommand(lab, hostName, vendorClass));
}

export function leaseCommand(lab: Lab, hostName: string, vendorClass?: string): string[] {
  const vendor = vendorClass === undefined ? [] : ['-V', vendorClass];
  const script = ['-s', leaseScript(lab), '-x', `hostname:${hostName}`];
  return ['busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-t', '5', ...script, ...vendor];
}

/** Gets a lease with ISC dhclient, as Debian does. */
export function leaseByDhclient(lab: Lab, host: string, hostName: string): void {
  const conf = lab.file(
    `dhclient-${host}.conf`,
    `send host-name "${hostName}";
request subnet-mask, broadcast-address, time-offset, routers, domain-name, domain-name-servers, domain-search, host-name,
  interface-mtu, ntp-servers;\n`,
  );
  lab.run(host, [
    'dhclient',
    '-1',
    '-q',
    '-cf',
    conf,
    '-sf',
    leaseScript(lab),
    '-lf',
    lab.file(`leases-${host}`, ''),
    '-pf',
    `${lab.folder}/dhclient-${host}.pid`,
    'eth0',
  ]);
}

/** Announces services over mDNS with avahi-daemon: `services` are avahi service files' contents. */
export function startAvahi(
  lab: Lab,
  host: string,
  hostName: string,
  services: Readonly<Record<string, string>> = {},
): void {
  const conf = lab.file(
    `avahi-${host}.conf`,
    `[server]\nhost-name=${hostName}\nuse-ipv4=yes\nuse-ipv6=yes\nenable-dbus=no\nallow-interfaces=eth0\n[publish]\npublish-hinfo=yes\npublish-workstation=no\n[wide-area]\nenable-wide-area=no\n`,
  );
  const writes = Object.entries(services).map(([name, xml]) => {
    const path = lab.file(`${host}-${name}.service`, xml);
    return `cp ${path} /etc/avahi/services/${name}.service`;
  });
  // `ip netns exec` gives the daemon a mount namespace of its own, so these mounts are seen by it alone.
  const script = [
    'mkdir -p /run/avahi-daemon && mount -t tmpfs tmpfs /run/avahi-daemon',
    'mount -t tmpfs tmpfs /etc/avahi/services',
    ...writes,
    `exec avahi-daemon --no-drop-root --no-rlimits --no-chroot -f ${conf}`,
  ].join(' && ');
  lab.start(host, ['sh', '-c', script]);
}

/** Fetches pages as a person does: a name is looked up, a page is read, a pause. */
export async function browse(lab: Lab, host: string, rounds: number): Promise<void> {
  const names = Object.keys(NAMES);
  for (let i = 0; i < rounds; i++) {
    lab.quiet(host, [
      'curl',
      '-s',
      '-m',
      '5',
      '-o',
      '/dev/null',
      `http://${names[i % names.length]!}/index.html`,
    ]);
    await sleep(300);
  }
}
