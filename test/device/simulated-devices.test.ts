/**
 * Devices that no capture at hand shows, from the few frames that are typical of them, and the traps: whoever looks for
 * devices, visits their makers' sites or speaks for others is none of them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROUTER, Scene } from '../detect/scene.ts';
import { Simulated } from './simulated.ts';

interface Case {
  readonly what: string;
  readonly device: () => Simulated;
  /** '' when it has to stay unknown; undefined when any of both is right. */
  readonly brand: string;
  readonly category: readonly string[];
}

const INTEL = '3c:a9:f4:00:77:01';
const PRIVATE = 'da:a1:19:00:77:02';
const ESPRESSIF = '24:0a:c4:00:77:03';

const DEVICES: readonly Case[] = [
  {
    what: 'a plug by its DHCP name',
    device: () =>
      new Simulated('50:c7:bf:00:77:10').dhcp({ hostName: 'HS110(EU)', vendorClass: 'udhcp 0.9.9' }),
    brand: 'TP-Link',
    category: ['plug'],
  },
  {
    what: 'a hub by mDNS alone',
    device: () =>
      new Simulated('00:17:88:00:77:11').announces({
        type: '_hue._tcp',
        instance: 'Philips Hue - 007711',
        txt: ['bridgeid=001788fffe007711', 'modelid=BSB002'],
      }),
    brand: 'Philips',
    category: ['hub'],
  },
  {
    what: 'a socket by its UPnP type',
    device: () =>
      new Simulated('ec:1a:59:00:77:12').notifies({
        NT: 'urn:Belkin:device:controllee:1',
        SERVER: 'Unspecified, UPnP/1.0, Unspecified',
        USN: 'uuid:Socket-1_0-221503K0101234::urn:Belkin:device:controllee:1',
      }),
    brand: 'Belkin',
    category: ['plug'],
  },
  {
    what: 'a camera by its cloud and its vendor',
    device: () => new Simulated('30:8c:fb:00:77:13').asks('nexus.dropcam.com'),
    brand: 'Google',
    category: ['camera'],
  },
  {
    what: 'a light behind a chip-module address, by its cloud',
    device: () => new Simulated(ESPRESSIF).dhcp({ hostName: 'wiz_a1b2c3' }),
    brand: 'WiZ',
    category: ['light'],
  },
  {
    what: 'a module that only asks a shared platform',
    device: () =>
      new Simulated(ESPRESSIF).dhcp({ hostName: 'ESP_007703' }).asks('a1.tuyaeu.com', 'm2.tuyaeu.com'),
    brand: '',
    category: ['unknown'],
  },
  {
    what: 'a module that says nothing',
    device: () => new Simulated(ESPRESSIF).asks('pool.ntp.org'),
    brand: '',
    category: ['unknown'],
  },
  {
    what: 'a speaker of somebody else that speaks Alexa',
    device: () => new Simulated('b0:f1:ec:00:77:14').asks('avs-alexa-na.amazon.com', 'api.amazon.com'),
    brand: '',
    category: ['speaker', 'unknown'],
  },
  {
    what: 'a scale',
    device: () => new Simulated('00:24:e4:00:77:15').asks('scalews.withings.net'),
    brand: 'Withings',
    category: ['scale'],
  },
  {
    what: 'a gateway by its maker alone',
    device: () => new Simulated('00:1a:22:00:77:16').asks('ntp.homematic.com'),
    brand: 'eQ-3',
    category: ['hub'],
  },
  {
    what: 'a television that streams from everybody',
    device: () =>
      new Simulated('bc:14:85:00:77:17')
        .notifies({
          NT: 'urn:samsung.com:device:RemoteControlReceiver:1',
          SERVER: 'SHP, UPnP/1.0, Samsung UPnP SDK/1.0',
        })
        .asks(
          'time.samsungcloudsolution.com',
          'log-config.samsungacr.com',
          'api-global.netflix.com',
          'www.youtube.com',
          'arcus-uswest.amazon.com',
          'captive.apple.com',
        ),
    brand: 'Samsung',
    category: ['tv'],
  },
  {
    what: 'a Chromecast built into a television',
    device: () =>
      new Simulated('04:5d:4b:00:77:18')
        .announces({
          type: '_googlecast._tcp',
          instance: 'BRAVIA-4K',
          txt: ['md=BRAVIA 4K GB', 'fn=Living room'],
        })
        .asks('clients3.google.com', 'cast.google.com'),
    brand: 'Sony',
    category: ['tv'],
  },
  {
    what: 'a storage that announces media, printing and cameras',
    device: () =>
      new Simulated('00:11:32:00:77:19')
        .dhcp({ hostName: 'DiskStation' })
        .announces(
          { type: '_http._tcp', instance: 'DiskStation', txt: ['vendor=Synology', 'model=DS220+'] },
          { type: '_smb._tcp', instance: 'DiskStation' },
          {
            type: '_ipp._tcp',
            instance: 'Epson ET @ DiskStation',
            txt: ['rp=printers/et', 'ty=EPSON ET-2750'],
          },
          { type: '_adisk._tcp', instance: 'DiskStation' },
        )
        .notifies({ NT: 'urn:schemas-upnp-org:device:MediaServer:1', SERVER: 'Synology/DSM/192.168.1.77' }),
    brand: 'Synology',
    category: ['nas'],
  },
  {
    what: 'a printer that talks to its cloud',
    device: () =>
      new Simulated('70:5a:0f:00:77:20')
        .dhcp({ hostName: 'HP5A0F12' })
        .announces({
          type: '_ipp._tcp',
          instance: 'HP ENVY 5530 series',
          txt: ['rp=ipp/print', 'ty=HP ENVY 5530 series', 'usb_MFG=HP'],
        })
        .asks('xmpp009.hpeprint.com'),
    brand: 'HP',
    category: ['printer'],
  },
  {
    what: 'a router by UPnP and by what it forwards',
    device: () =>
      new Simulated('3c:a6:2f:00:77:21').notifies({
        NT: 'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
        SERVER: 'fritz.box UPnP/1.0 AVM FRITZ!Box 7590',
      }),
    brand: 'AVM',
    category: ['router'],
  },
  {
    what: 'a phone that names itself',
    device: () =>
      new Simulated(PRIVATE).dhcp({ hostName: 'Annas-iPhone', parameters: [1, 121, 3, 6, 15, 119, 252] }),
    brand: 'Apple',
    category: ['phone'],
  },
  {
    what: 'a computer on a private address',
    device: () => new Simulated(PRIVATE).dhcp({ hostName: 'DESKTOP-1A2B3C4', vendorClass: 'MSFT 5.0' }),
    brand: '',
    category: ['computer'],
  },
  {
    what: 'a telephone by its vendor class',
    device: () => new Simulated('64:16:7f:00:77:22').dhcp({ vendorClass: 'Polycom-VVX410' }),
    brand: 'Polycom',
    category: ['voip'],
  },
  {
    what: 'a game console',
    device: () => new Simulated('98:b6:e9:00:77:23').asks('conntest.nintendowifi.net'),
    brand: 'Nintendo',
    category: ['game-console'],
  },
  {
    what: 'a board',
    device: () => new Simulated('b8:27:eb:00:77:24').dhcp({ hostName: 'raspberrypi' }),
    brand: 'Raspberry Pi',
    category: ['sbc'],
  },
  {
    what: 'a vacuum cleaner',
    device: () => new Simulated('50:14:79:00:77:25').dhcp({ hostName: 'iRobot-A1B2C3D4E5F60718' }),
    brand: 'iRobot',
    category: ['vacuum'],
  },
  {
    what: 'a thermostat',
    device: () => new Simulated('44:61:32:00:77:26').asks('home.ecobee.com'),
    brand: 'ecobee',
    category: ['thermostat'],
  },
];

const MAKERS_SITES = [
  'www.ring.com',
  'ring.com',
  'nest.com',
  'home.nest.com',
  'www.philips-hue.com',
  'account.meethue.com',
  'www.meethue.com',
  'store.google.com',
  'www.tp-link.com',
  'www.samsung.com',
  'www.lg.com',
  'arlo.com',
  'www.roku.com',
  'wyze.com',
  'www.sonos.com',
];
const APPS_ASK = [
  'api.ring.com',
  'app-snaps.ring.com',
  'api.wyzecam.com',
  'discovery.meethue.com',
  'ws.meethue.com',
  'use1-wap.tplinkcloud.com',
  'myapi.arlo.com',
  'rest-prod.immedia-semi.com',
  'api.ecobee.com',
  'unauth2.prod.iot.irobotapi.com',
  'litedev.ezvizlife.com',
  'broker.lifx.co',
  'connect.smartthings.com',
];
const LOOKS_FOR = [
  '_hap._tcp',
  '_googlecast._tcp',
  '_hue._tcp',
  '_airplay._tcp',
  '_sonos._tcp',
  '_ipp._tcp',
  '_amzn-wplay._tcp',
  '_esphomelib._tcp',
  '_axis-video._tcp',
];
const SEARCHES = [
  'urn:Belkin:device:**',
  'roku:ecp',
  'urn:schemas-upnp-org:device:ZonePlayer:1',
  'urn:dial-multiscreen-org:service:dial:1',
  'urn:samsung.com:device:RemoteControlReceiver:1',
];

const TRAPS: readonly Case[] = [
  {
    what: 'a laptop that visits the sites of many makers',
    device: () => new Simulated(INTEL).dhcp({ hostName: 'annas-laptop' }).asks(...MAKERS_SITES),
    brand: '',
    category: ['computer', 'unknown'],
  },
  {
    what: 'a nameless computer that visits the sites of many makers',
    device: () => new Simulated(INTEL).asks(...MAKERS_SITES),
    brand: '',
    category: ['computer', 'unknown'],
  },
  {
    what: 'a nameless computer that visits one site of one maker',
    device: () => new Simulated(INTEL).asks('ring.com', 'www.ring.com', 'account.ring.com'),
    brand: '',
    category: ['computer', 'unknown'],
  },
  {
    what: 'a phone with the apps of many makers',
    device: () =>
      new Simulated(PRIVATE)
        .dhcp({ vendorClass: 'android-dhcp-13' })
        .browses(...LOOKS_FOR)
        .searches(...SEARCHES)
        .asks(...APPS_ASK),
    brand: '',
    category: ['phone', 'unknown'],
  },
  {
    what: 'a nameless phone with the apps of many makers',
    device: () =>
      new Simulated(PRIVATE)
        .browses(...LOOKS_FOR)
        .searches(...SEARCHES)
        .asks(...APPS_ASK),
    brand: '',
    category: ['phone', 'unknown'],
  },
  {
    what: 'a nameless phone with the apps of three camera makers',
    device: () =>
      new Simulated(PRIVATE)
        .browses('_hap._tcp')
        .asks('litedev.ezvizlife.com', 'p2p.reolink.com', 'www.easy4ip.com', 'mtalk.google.com'),
    brand: '',
    category: ['phone', 'unknown'],
  },
  {
    what: 'a nameless phone with the apps of one maker',
    device: () =>
      new Simulated(PRIVATE)
        .browses('_googlecast._tcp')
        .asks('app.netatmo.net', 'api.netatmo.com', 'mtalk.google.com'),
    brand: '',
    category: ['phone', 'unknown'],
  },
  {
    what: 'a server that watches over all devices of the house',
    device: () =>
      new Simulated('dc:a6:32:00:77:40')
        .dhcp({ hostName: 'homeassistant' })
        .browses(...LOOKS_FOR)
        .searches('ssdp:all', ...SEARCHES)
        .announces({
          type: '_home-assistant._tcp',
          instance: 'Home',
          txt: ['location_name=Home', 'version=2024.5.1', 'base_url=http://192.168.1.77:8123'],
        })
        .asks('api.netatmo.com', 'ccs.tado.com', 'home.ecobee.com', 'version.home-assistant.io'),
    brand: 'Home Assistant',
    category: ['hub', 'server'],
  },
  {
    what: 'a Linux server that shares files and printers',
    device: () =>
      new Simulated('00:25:90:00:77:41')
        .dhcp({ hostName: 'files' })
        .announces(
          { type: '_smb._tcp', instance: 'files', host: 'files' },
          {
            type: '_ipp._tcp',
            instance: 'HP LaserJet @ files',
            host: 'files',
            port: 631,
            txt: [
              'rp=printers/laserjet',
              'ty=HP LaserJet Pro M404dn',
              'usb_MFG=HP',
              'usb_MDL=LaserJet Pro M404dn',
            ],
          },
          {
            type: '_printer._tcp',
            instance: 'Brother @ files',
            host: 'files',
            port: 515,
            txt: ['rp=printers/brother', 'ty=Brother HL-2130', 'product=(Brother HL-2130)'],
          },
        )
        .asks('archive.ubuntu.com', 'ntp.ubuntu.com'),
    brand: 'Supermicro',
    category: ['server', 'computer'],
  },
  {
    what: 'a workstation that shares a printer without a name of its own',
    device: () =>
      new Simulated(INTEL).announces({
        type: '_ipp._tcp',
        instance: 'Canon TS5300 @ desk',
        host: 'desk',
        port: 631,
        txt: ['rp=printers/Canon_TS5300', 'ty=Canon TS5300 series', 'usb_MFG=Canon'],
      }),
    brand: '',
    category: ['computer', 'server', 'unknown'],
  },
  {
    what: 'a virtual machine',
    device: () => new Simulated('00:0c:29:00:77:42').dhcp({ hostName: 'build-3' }).asks('deb.debian.org'),
    brand: 'VMware',
    category: ['computer', 'server'],
  },
  {
    what: 'a container without a registered address',
    device: () => new Simulated('02:42:ac:11:00:02').asks('deb.debian.org', 'registry.npmjs.org'),
    brand: '',
    category: ['computer', 'server', 'unknown'],
  },
  {
    what: 'a Windows computer with a media library and remote play',
    device: () =>
      new Simulated(INTEL)
        .dhcp({ hostName: 'DESKTOP-7F00AA1', vendorClass: 'MSFT 5.0' })
        .notifies({
          NT: 'urn:schemas-upnp-org:device:MediaServer:1',
          SERVER: 'Microsoft-Windows/10.0 UPnP/1.0 UPnP-Device-Host/1.0',
        })
        .searches(...SEARCHES)
        .asks('xboxlive.com', 'titles.xboxlive.com', 'np.community.playstation.net', 'www.nintendo.com'),
    brand: '',
    category: ['computer'],
  },
  {
    what: 'a browser on a nameless computer',
    device: () =>
      new Simulated(INTEL)
        .browsesAs('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'ring.com')
        .asks('api.lifx.com', 'cloud.lifx.com', 'my.nanoleaf.me'),
    brand: '',
    category: ['computer', 'unknown'],
  },
  {
    what: 'a router of a mesh that asks for what its clients ask',
    device: () =>
      new Simulated('f8:bb:bf:00:77:43').asks(
        'scalews.withings.net',
        'nexus.dropcam.com',
        'time.samsungcloudsolution.com',
        'cooper.logs.roku.com',
        'v2.broker.lifx.co',
        'fw.eero.com',
      ),
    brand: 'eero',
    category: ['router', 'access-point', 'unknown'],
  },
];

for (const { what, device, brand, category } of [...DEVICES, ...TRAPS]) {
  test(what, async () => {
    const identity = await device().identity();
    const told = JSON.stringify(identity.evidence, undefined, 1);
    assert.equal(identity.brand, brand, told);
    assert.ok(
      category.includes(identity.category),
      `${identity.category} is none of ${category.join(', ')}: ${told}`,
    );
    if (identity.brand === '' || identity.category === 'unknown') {
      assert.ok(identity.notes.length > 0, 'what is unknown has its reason');
    }
  });
}

test('a repeater does not become what it repeats', async () => {
  const scene = new Scene();
  const repeater = { mac: '60:e3:27:00:77:50', ip: '192.168.1.2' };
  // The frames of its clients bear its own address as their source.
  const behind = new Simulated(repeater.mac, '192.168.1.81', scene);
  const second = new Simulated(repeater.mac, '192.168.1.82', scene);
  scene.arpReply(0.5, repeater, ROUTER);
  scene.dhcp(0.6, { client: '50:c7:bf:00:77:51', from: repeater.mac, type: 3, hostName: 'HS110(EU)' });
  scene.dhcp(0.7, { client: '00:17:88:00:77:52', from: repeater.mac, type: 3, hostName: 'Philips-hue' });
  behind.asks('scalews.withings.net');
  second.asks('cooper.logs.roku.com');
  const { devices } = await scene.report();
  const { identity } = devices.find(({ id }) => id === repeater.mac)!;
  assert.ok(!['Withings', 'Roku', 'Philips'].includes(identity.brand), JSON.stringify(identity.evidence));
  assert.ok(
    !['plug', 'hub', 'scale', 'streamer'].includes(identity.category),
    JSON.stringify(identity.evidence),
  );
});
