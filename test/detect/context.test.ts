/** Networks that look odd and are not: whatever is told of them is no more than `low`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dns } from './dns-message.ts';
import { CAMERA, host, type Host, LAPTOP, remote, ROUTER, Scene } from './scene.ts';

const CLOUD = remote('198.51.100.7');
const LEASE = { yourIp: '192.168.1.50', router: ROUTER.ip, dns: ROUTER.ip } as const;
const EVERYBODY: Host = { mac: 'ff:ff:ff:ff:ff:ff', ip: '192.168.1.255' };

function home(): Scene {
  return new Scene()
    .resolve(0, CAMERA, ROUTER)
    .resolve(0.1, LAPTOP, ROUTER)
    .connection(1, LAPTOP, CLOUD, 443, 40_000);
}

function failoverPair(): Scene {
  const scene = home();
  const second = host(2);
  for (let i = 0; i < 10; i++) {
    const client = host(100 + i).mac;
    const common = { client, transaction: i, ...LEASE, yourIp: `192.168.1.${100 + i}` };
    scene.dhcp(10 + i, { client, type: 1, transaction: i });
    scene
      .dhcp(10.1 + i, { ...common, type: 2, server: ROUTER })
      .dhcp(10.2 + i, { ...common, type: 2, server: second });
    scene.dhcp(10.3 + i, { ...common, type: 5, server: i % 2 === 0 ? ROUTER : second });
  }
  return scene;
}

/** Both interfaces answer for both addresses, and ask with either. */
function hubWithTwoInterfaces(): Scene {
  const wired: Host = { mac: 'b0:c5:54:00:00:10', ip: '192.168.1.40' };
  const wireless: Host = { mac: 'b0:c5:54:00:00:11', ip: '192.168.1.41' };
  const scene = home();
  for (let i = 0; i < 30; i++) {
    const [one, other] = i % 2 === 0 ? [wired, wireless] : [wireless, wired];
    scene
      .resolve(10 + i * 40, LAPTOP, { mac: one.mac, ip: other.ip })
      .resolve(20 + i * 40, { mac: other.mac, ip: one.ip }, ROUTER)
      .connection(21 + i * 40, { mac: other.mac, ip: one.ip }, CLOUD, 443, 41_000 + i);
  }
  return scene;
}

/** The group's address moves from one router to the other and back. */
function redundantRouters(virtualMac: string): () => Scene {
  return () => {
    const [one, two] = [host(2), host(3)];
    const scene = home().resolve(2, one, LAPTOP).resolve(3, two, LAPTOP);
    const group: Host = { mac: virtualMac, ip: '192.168.1.254' };
    for (let i = 0; i < 20; i++) {
      scene.resolve(10 + i * 20, LAPTOP, group);
      // Announced by the router that takes over, in frames of its own or of the group.
      for (let again = 0; again < 5; again++) {
        const sender = i % 2 === 0 ? one.mac : virtualMac;
        scene.arpReply(
          15 + i * 20 + again,
          { mac: sender, ip: group.ip },
          { ...EVERYBODY, ip: group.ip },
          group.ip,
          virtualMac,
        );
      }
      scene.connection(18 + i * 20, LAPTOP, { mac: virtualMac, ip: CLOUD.ip }, 443, 41_000 + i);
    }
    return scene;
  };
}

/** keepalived without a virtual MAC: the one that was master is gone, the other announces, again and again. */
function failoverWithoutVirtualMac(): Scene {
  const [one, two] = [host(2), host(3)];
  const address = '192.168.1.254';
  const scene = home().resolve(2, one, LAPTOP).resolve(3, two, LAPTOP);
  for (let i = 0; i < 10; i++) scene.resolve(10 + i * 10, LAPTOP, { mac: one.mac, ip: address });
  for (let i = 0; i < 20; i++) {
    scene.arpRequest(200 + i, { mac: two.mac, ip: address }, address);
    scene.arpReply(200.5 + i, { mac: two.mac, ip: address }, { ...EVERYBODY, ip: address });
  }
  for (let i = 0; i < 10; i++) scene.resolve(230 + i * 10, LAPTOP, { mac: two.mac, ip: address });
  return scene;
}

function proxyArp(): Scene {
  const scene = home();
  for (let i = 0; i < 40; i++)
    scene.resolve(10 + i * 3, LAPTOP, { mac: ROUTER.mac, ip: `192.168.1.${100 + i}` });
  return scene;
}

/** One host, and a MAC and a lease of its own for every container; their bridge asks for them all. */
function containerBridge(): Scene {
  const scene = home();
  for (let i = 0; i < 20; i++) {
    const container: Host = { mac: `02:42:ac:11:00:${(16 + i).toString(16)}`, ip: `192.168.1.${150 + i}` };
    scene.dhcp(10 + i, { client: container.mac, type: 1, transaction: i, hostName: `app-${i}` });
    scene.resolve(11 + i, container, ROUTER).resolve(11.5 + i, host(5), container);
    scene
      .connection(12 + i, container, CLOUD, 443, 41_000 + i)
      .connection(12.5 + i, host(5), container, 8080, 42_000 + i);
  }
  return scene;
}

/** A box that translates addresses for others: its MAC and address, their TTLs, their many names and connections. */
function networkBehindNat(): Scene {
  const box = host(6);
  const scene = home().resolve(2, box, ROUTER);
  for (let i = 0; i < 100; i++) {
    scene.echo(10 + i * 3, box, CLOUD, 56, [63, 127, 64][i % 3]).echoReply(10.1 + i * 3, CLOUD, box);
    scene.udp(11 + i * 3, box, ROUTER, [40_000 + i, 53], dns(i, `www.site${i}.example`));
    scene.connection(12 + i * 3, box, remote(`198.51.100.${i + 1}`), 443, 41_000 + i);
  }
  return scene;
}

/** A repeater that puts its MAC in place of its clients'. */
function repeater(): Scene {
  const scene = home();
  for (let i = 0; i < 30; i++) {
    const client: Host = { mac: 'c0:25:e9:00:00:01', ip: `192.168.1.${100 + (i % 6)}` };
    scene.resolve(10 + i * 20, client, ROUTER).connection(11 + i * 20, client, CLOUD, 443, 41_000 + i);
    scene.resolve(15 + i * 20, ROUTER, client);
  }
  return scene;
}

/** Discovery by broadcast and multicast, all day long, with answers from everybody. */
function discovery(): Scene {
  const scene = home();
  const search = new TextEncoder().encode(
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
  );
  for (let i = 0; i < 60; i++) {
    scene.udp(
      10 + i * 2,
      LAPTOP,
      { mac: '01:00:5e:7f:ff:fa', ip: '239.255.255.250' },
      [50_000, 1900],
      search,
    );
    scene.udp(10.2 + i * 2, LAPTOP, { ...EVERYBODY }, [50_001, 161], 40);
    scene.udp(
      10.3 + i * 2,
      LAPTOP,
      { mac: '01:00:5e:00:00:fb', ip: '224.0.0.251' },
      [5353, 5353],
      dns(0, '_ipp._tcp.local', 12),
    );
    scene.udp(10.5 + i * 2, host(100 + (i % 30)), LAPTOP, [1900, 50_000], 200);
  }
  return scene;
}

/** A device that was away asks whether its address is free, announces it, and is told no once. */
function probesAndAnnouncements(): Scene {
  const scene = home();
  for (let i = 0; i < 20; i++) {
    const guest = host(100 + i);
    for (let again = 0; again < 3; again++)
      scene.arpRequest(10 + i * 5 + again / 4, { ...guest, ip: '0.0.0.0' }, guest.ip);
    for (let again = 0; again < 2; again++) scene.arpRequest(11 + i * 5 + again, guest, guest.ip);
  }
  scene.arpRequest(200, { mac: host(99).mac, ip: '0.0.0.0' }, LAPTOP.ip).arpReply(200.1, LAPTOP, host(99));
  return scene;
}

const CONTEXTS: Readonly<Record<string, () => Scene>> = {
  'a DHCP failover pair': failoverPair,
  'a hub with two interfaces': hubWithTwoInterfaces,
  'VRRP routers': redundantRouters('00:00:5e:00:01:07'),
  'HSRP routers': redundantRouters('00:00:0c:07:ac:07'),
  'a failover without a virtual MAC': failoverWithoutVirtualMac,
  'proxy ARP': proxyArp,
  'a bridge of containers': containerBridge,
  'a network behind NAT': networkBehindNat,
  'a repeater': repeater,
  'discovery by broadcast': discovery,
  'probes and announcements': probesAndAnnouncements,
};

for (const [name, scene] of Object.entries(CONTEXTS)) {
  test(`${name}: nothing above low`, async () => {
    const { findings } = await scene().report();
    const alarms = findings.filter(({ severity }) => severity !== 'info' && severity !== 'low');
    assert.deepEqual(
      alarms.map(({ rule, summary }) => `${rule}: ${summary}`),
      [],
    );
  });
}
