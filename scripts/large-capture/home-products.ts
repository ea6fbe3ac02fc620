/** What lives in a synthetic home, as such products introduce themselves: public facts, made-up names and serials. */

export interface Product {
  /** First half of its MACs. */
  readonly prefix: number;
  readonly host: string;
  readonly ttl: number;
  readonly dhcp: { readonly vendorClass: string; readonly parameters: readonly number[] };
  readonly services: readonly {
    readonly type: string;
    readonly port: number;
    readonly text: readonly string[];
  }[];
  readonly upnp?: { readonly server: string; readonly types: readonly string[] };
  /** Service types it asks for by mDNS, and targets it searches by SSDP. */
  readonly asks: readonly string[];
  readonly searches: readonly string[];
  readonly timeServer: string;
  readonly clouds: readonly string[];
}

const UDHCP = [1, 3, 6, 12, 15, 28, 42];
const ESPRESSIF = [1, 3, 28, 6];
const APPLE = [1, 121, 3, 6, 15, 108, 114, 119, 252];
const ANDROID = [1, 3, 6, 15, 26, 28, 51, 58, 59, 43];
const WINDOWS = [1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252];

export const PRODUCTS: readonly Product[] = [
  {
    prefix: 0x001788,
    host: 'Philips-hue',
    ttl: 64,
    dhcp: { vendorClass: 'udhcp 1.21.1', parameters: UDHCP },
    services: [{ type: '_hue._tcp', port: 443, text: ['bridgeid=001788fffe24a1b2', 'modelid=BSB002'] }],
    upnp: {
      server: 'Hue/1.0 UPnP/1.0 IpBridge/1.65.0',
      types: ['upnp:rootdevice', 'urn:schemas-upnp-org:device:basic:1'],
    },
    asks: ['_hap._tcp'],
    searches: [],
    timeServer: 'time1.google.com',
    clouds: ['discovery.meethue.com', 'ws.meethue.com'],
  },
  {
    prefix: 0xf4f5d8,
    host: 'Chromecast',
    ttl: 64,
    dhcp: { vendorClass: 'dhcpcd-6.8.2:Linux-4.9', parameters: ANDROID },
    services: [
      {
        type: '_googlecast._tcp',
        port: 8009,
        text: [
          'id=9a0d6c2f4e1b48d7',
          'rm=',
          've=05',
          'md=Chromecast',
          'fn=Living Room',
          'ca=4101',
          'st=0',
          'rs=',
        ],
      },
    ],
    upnp: {
      server: 'Linux/3.8.13, UPnP/1.0, Portable SDK for UPnP devices/1.6.18',
      types: ['upnp:rootdevice', 'urn:dial-multiscreen-org:service:dial:1'],
    },
    asks: ['_googlecast._tcp', '_googlezone._tcp'],
    searches: ['urn:dial-multiscreen-org:service:dial:1'],
    timeServer: 'time.google.com',
    clouds: ['clients3.google.com', 'tools.google.com'],
  },
  {
    prefix: 0x000e58,
    host: 'SonosZP',
    ttl: 64,
    dhcp: { vendorClass: 'udhcp 0.9.9-pre', parameters: UDHCP },
    services: [
      {
        type: '_sonos._tcp',
        port: 1443,
        text: ['info=/api/v1/players/RINCON_000E58/info', 'vers=3', 'protovers=1.24.1'],
      },
      { type: '_spotify-connect._tcp', port: 1400, text: ['VERSION=1.0', 'CPath=/spotifyzc'] },
    ],
    upnp: {
      server: 'Linux UPnP/1.0 Sonos/63.2-88230 (ZPS9)',
      types: [
        'upnp:rootdevice',
        'urn:schemas-upnp-org:device:ZonePlayer:1',
        'urn:schemas-upnp-org:service:AVTransport:1',
      ],
    },
    asks: ['_sonos._tcp'],
    searches: ['urn:schemas-upnp-org:device:ZonePlayer:1'],
    timeServer: '0.sonostime.pool.ntp.org',
    clouds: ['feature-config.sslauth.sonos.com', 'update-firmware.sonos.com'],
  },
  {
    prefix: 0x3c0754,
    host: 'iMac',
    ttl: 64,
    dhcp: { vendorClass: '', parameters: APPLE },
    services: [
      {
        type: '_airplay._tcp',
        port: 7000,
        text: ['model=iMac20,1', 'srcvers=665.13.1', 'features=0x4A7FCFD5,0x38174FDE', 'flags=0x204'],
      },
      { type: '_companion-link._tcp', port: 49_153, text: ['rpVr=440.10', 'rpMd=iMac20,1'] },
    ],
    asks: ['_airplay._tcp', '_raop._tcp', '_companion-link._tcp', '_ipp._tcp'],
    searches: [],
    timeServer: 'time.apple.com',
    clouds: ['gateway.icloud.com', 'init.push.apple.com', 'api.smoot.apple.com'],
  },
  {
    prefix: 0x008077,
    host: 'BRW008077',
    ttl: 64,
    dhcp: { vendorClass: 'BRW', parameters: [1, 3, 6, 15, 44, 46, 47] },
    services: [
      {
        type: '_ipp._tcp',
        port: 631,
        text: [
          'txtvers=1',
          'ty=Brother HL-L2350DW series',
          'rp=ipp/print',
          'usb_MFG=Brother',
          'usb_MDL=HL-L2350DW series',
          'Color=F',
        ],
      },
      { type: '_http._tcp', port: 80, text: [] },
    ],
    asks: [],
    searches: [],
    timeServer: 'ntp.brother.example',
    clouds: ['firmverup.brother.co.jp'],
  },
  {
    prefix: 0x001132,
    host: 'DiskStation',
    ttl: 64,
    dhcp: { vendorClass: 'synology_geminilake_920+', parameters: [...UDHCP, 119] },
    services: [
      { type: '_smb._tcp', port: 445, text: [] },
      {
        type: '_http._tcp',
        port: 5000,
        text: ['vendor=Synology', 'model=DS920+', 'serial=2060PDN', 'version_major=7'],
      },
    ],
    upnp: {
      server: 'Synology/DSM/192.168.1.20',
      types: ['upnp:rootdevice', 'urn:schemas-upnp-org:device:Basic:1'],
    },
    asks: [],
    searches: ['upnp:rootdevice'],
    timeServer: 'pool.ntp.org',
    clouds: ['update7.synology.com', 'global.quickconnect.to'],
  },
  {
    prefix: 0x44650d,
    host: 'amazon-echo',
    ttl: 64,
    dhcp: { vendorClass: 'dhcpcd-5.5.6', parameters: [1, 33, 3, 6, 15, 28, 51, 58, 59] },
    services: [{ type: '_amzn-wplay._tcp', port: 55_443, text: ['a=0', 's=0', 'p=0'] }],
    asks: ['_amzn-wplay._tcp', '_spotify-connect._tcp'],
    searches: ['urn:schemas-upnp-org:device:basic:1', 'ssdp:all'],
    timeServer: 'ntp-g7g.amazon.com',
    clouds: ['bob-dispatch-prod-eu.amazon.com', 'device-metrics-us.amazon.com'],
  },
  {
    prefix: 0x50c7bf,
    host: 'HS110',
    ttl: 64,
    dhcp: { vendorClass: '', parameters: ESPRESSIF },
    services: [],
    asks: [],
    searches: [],
    timeServer: 'uk.pool.ntp.org',
    clouds: ['use1-api.tplinkra.com', 'devs.tplinkcloud.com'],
  },
  {
    prefix: 0xd8f15b,
    host: 'shellyplug-s',
    ttl: 128,
    dhcp: { vendorClass: '', parameters: ESPRESSIF },
    services: [
      {
        type: '_http._tcp',
        port: 80,
        text: ['id=shellyplug-s-d8f15b', 'fw_id=20230913-112234/v1.14.0', 'arch=esp8266'],
      },
    ],
    asks: [],
    searches: [],
    timeServer: 'time.google.com',
    clouds: ['api.shelly.cloud'],
  },
  {
    prefix: 0xec1a59,
    host: 'WeMo',
    ttl: 64,
    dhcp: { vendorClass: 'udhcp 1.18.4', parameters: UDHCP },
    services: [],
    upnp: {
      server: 'Unspecified, UPnP/1.0, Unspecified',
      types: ['upnp:rootdevice', 'urn:Belkin:device:controllee:1', 'urn:Belkin:service:basicevent:1'],
    },
    asks: [],
    searches: ['urn:Belkin:device:**'],
    timeServer: 'pool.ntp.org',
    clouds: ['nat.wemo2.com', 'prod-fw.wemo2.com'],
  },
  {
    prefix: 0x00166c,
    host: 'Samsung-TV',
    ttl: 64,
    dhcp: { vendorClass: 'udhcp 1.21.1', parameters: UDHCP },
    services: [
      {
        type: '_airplay._tcp',
        port: 7000,
        text: ['manufacturer=Samsung', 'model=UN55RU7100', 'srcvers=377.17.24.6'],
      },
    ],
    upnp: {
      server: 'SHP, UPnP/1.0, Samsung UPnP SDK/1.0',
      types: [
        'upnp:rootdevice',
        'urn:samsung.com:device:RemoteControlReceiver:1',
        'urn:schemas-upnp-org:device:MediaRenderer:1',
      ],
    },
    asks: ['_airplay._tcp'],
    searches: ['urn:schemas-upnp-org:device:MediaServer:1'],
    timeServer: 'time.samsung.example',
    clouds: ['osb.samsungqbe.com', 'api.samsungcloud.com'],
  },
  {
    prefix: 0x18b430,
    host: 'nest-thermostat',
    ttl: 64,
    dhcp: { vendorClass: 'udhcp 1.19.4', parameters: UDHCP },
    services: [],
    asks: ['_nest._tcp'],
    searches: [],
    timeServer: 'time.google.com',
    clouds: ['frontdoor.nest.com', 'transport02.rts08.iad01.production.nest.com'],
  },
  {
    prefix: 0xb827eb,
    host: 'raspberrypi',
    ttl: 64,
    dhcp: {
      vendorClass: 'dhcpcd-8.1.2:Linux-5.10.103-v7+:armv7l:BCM2835',
      parameters: [1, 121, 33, 3, 6, 15, 26, 28, 42, 51],
    },
    services: [
      { type: '_ssh._tcp', port: 22, text: [] },
      {
        type: '_home-assistant._tcp',
        port: 8123,
        text: ['location_name=Home', 'version=2023.11.2', 'requires_api_password=True'],
      },
    ],
    asks: ['_esphomelib._tcp', '_hap._tcp', '_googlecast._tcp', '_hue._tcp', '_sonos._tcp'],
    searches: ['ssdp:all', 'upnp:rootdevice'],
    timeServer: '2.debian.pool.ntp.org',
    clouds: ['alerts.home-assistant.io', 'version.home-assistant.io'],
  },
  {
    // As phones choose addresses of their own.
    prefix: 0x02a4c1,
    host: 'Pixel-7',
    ttl: 64,
    dhcp: { vendorClass: 'android-dhcp-13', parameters: ANDROID },
    services: [],
    asks: ['_googlecast._tcp', '_androidtvremote2._tcp', '_spotify-connect._tcp'],
    searches: ['urn:dial-multiscreen-org:service:dial:1'],
    timeServer: 'time.android.com',
    clouds: ['mtalk.google.com', 'play.googleapis.com', 'connectivitycheck.gstatic.com'],
  },
  {
    prefix: 0x00155d,
    host: 'DESKTOP-4KQ7',
    ttl: 128,
    dhcp: { vendorClass: 'MSFT 5.0', parameters: WINDOWS },
    services: [],
    asks: ['_ipp._tcp', '_googlecast._tcp'],
    searches: ['urn:schemas-upnp-org:device:InternetGatewayDevice:1', 'upnp:rootdevice'],
    timeServer: 'time.windows.com',
    clouds: ['settings-win.data.microsoft.com', 'client.wns.windows.com'],
  },
  {
    prefix: 0xb0a737,
    host: 'Roku',
    ttl: 64,
    dhcp: { vendorClass: 'udhcp 1.23.1', parameters: UDHCP },
    services: [
      { type: '_airplay._tcp', port: 7000, text: ['manufacturer=Roku', 'model=3810X', 'srcvers=377.40.00'] },
    ],
    upnp: { server: 'Roku/12.5.0 UPnP/1.0 Roku/12.5.0', types: ['upnp:rootdevice', 'roku:ecp'] },
    asks: [],
    searches: ['roku:ecp'],
    timeServer: 'ntp.roku.example',
    clouds: ['scribe.logs.roku.com', 'configsvc.cs.roku.com'],
  },
];
