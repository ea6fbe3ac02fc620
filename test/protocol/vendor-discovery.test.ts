/** One message of each kind for the vendors' own discovery protocols, and what is read from it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { announcement, type AnnouncementObservation } from '../../src/protocol/announcement.ts';
import { bjnpDecoder } from '../../src/protocol/bjnp.ts';
import { dahuaDecoder } from '../../src/protocol/dahua.ts';
import type { MessageDecoder } from '../../src/protocol/decoder.ts';
import { dropboxDecoder } from '../../src/protocol/dropbox.ts';
import { knxnetIpDecoder } from '../../src/protocol/knxnet-ip.ts';
import { lifxDecoder } from '../../src/protocol/lifx.ts';
import { miioDecoder } from '../../src/protocol/miio.ts';
import { mikrotikDecoder } from '../../src/protocol/mikrotik.ts';
import { plexDecoder } from '../../src/protocol/plex.ts';
import { sadpDecoder } from '../../src/protocol/sadp.ts';
import { spotifyDecoder } from '../../src/protocol/spotify.ts';
import { steamDecoder } from '../../src/protocol/steam.ts';
import { tapoDecoder } from '../../src/protocol/tapo.ts';
import { ubiquitiDecoder } from '../../src/protocol/ubiquiti.ts';
import { wizDecoder } from '../../src/protocol/wiz.ts';
import { yeelightDecoder } from '../../src/protocol/yeelight.ts';
import { decode, decodeOne, hostile, type Ports } from './decode.ts';
import { be16, be32, bytesOf, counted, hex, le16, le32, type Part, zeros } from './write.ts';

interface Case {
  readonly title: string;
  readonly message: Uint8Array;
  readonly expected: AnnouncementObservation;
  readonly ports?: Ports;
}

function cases(decoder: MessageDecoder, list: readonly Case[], foreign: readonly Part[]): void {
  describe(decoder.name, () => {
    for (const { title, message, expected, ports } of list) {
      it(`reads ${title}`, () => assert.deepEqual(decodeOne(decoder, message, ports), expected));
    }
    it('leaves other bytes alone', () => {
      for (const part of [...foreign, 'hello', zeros(64)]) {
        const { result, observations } = decode(decoder, bytesOf(part));
        assert.deepEqual([result, observations], ['foreign', []]);
      }
    });
  });
  hostile(
    decoder,
    list.map(({ message }) => message),
    list[0]!.ports,
  );
}

const mac = [0x00, 0x15, 0x6d, 0x01, 0x02, 0x03];
const macNumber = 0x00156d010203;
const ip = be32(0xc0a80132);
const address = '192.168.1.50';

cases(
  yeelightDecoder,
  [
    {
      title: 'a lamp',
      message: bytesOf(
        'HTTP/1.1 200 OK\r\nLocation: yeelight://192.168.1.50:55443\r\nid: 0x000000000015243f\r\nmodel: color\r\n',
        'fw_ver: 18\r\nname: Bett\r\n\r\n',
      ),
      expected: announcement('yeelight', 'device', {
        name: 'Bett',
        model: 'color',
        id: '0x000000000015243f',
        address,
        firmware: '18',
      }),
    },
    {
      title: 'a search',
      message: bytesOf('M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nST: wifi_bulb\r\n'),
      expected: announcement('yeelight', 'query'),
    },
  ],
  ['HTTP/1.1 200 OK\r\nLocation: http://192.168.1.50/\r\n\r\n'],
);

const lifx = (type: number, payload: Part): Uint8Array => {
  const body = bytesOf(payload);
  return bytesOf(
    le16(36 + body.length),
    le16(0x1400),
    le32(2),
    mac,
    zeros(2),
    zeros(16),
    le16(type),
    le16(0),
    body,
  );
};
const lifxDevice = (fields: Partial<AnnouncementObservation>): AnnouncementObservation =>
  announcement('lifx', 'device', { mac: macNumber, ...fields });
cases(
  lifxDecoder,
  [
    { title: 'a service', message: lifx(3, bytesOf(1, le32(56700))), expected: lifxDevice({}) },
    {
      title: 'a label',
      message: lifx(25, bytesOf('Kitchen', zeros(25))),
      expected: lifxDevice({ name: 'Kitchen' }),
    },
    {
      title: 'a lamp',
      message: lifx(107, bytesOf(zeros(12), 'Kitchen', zeros(25), zeros(8))),
      expected: lifxDevice({ name: 'Kitchen' }),
    },
    {
      title: 'a version',
      message: lifx(33, bytesOf(le32(1), le32(27), le32(0))),
      expected: lifxDevice({ deviceType: '1.27' }),
    },
    {
      title: 'firmware',
      message: lifx(15, bytesOf(zeros(16), le16(70), le16(3))),
      expected: lifxDevice({ firmware: '3.70' }),
    },
    { title: 'a search', message: lifx(2, []), expected: announcement('lifx', 'query') },
  ],
  [lifx(3, bytesOf(1, le32(56700))).subarray(0, 38)],
);

cases(
  wizDecoder,
  [
    {
      title: 'a configuration',
      message: bytesOf(
        '{"method":"getSystemConfig","env":"pro","result":{"mac":"00156d010203","homeId":1,"moduleName":"ESP01_SHRGB1C_31","fwVersion":"1.25.0"}}',
      ),
      expected: announcement('wiz', 'device', {
        model: 'ESP01_SHRGB1C_31',
        mac: macNumber,
        id: '00156d010203',
        firmware: '1.25.0',
      }),
    },
    {
      title: 'a first beat',
      message: bytesOf('{"method":"firstBeat","params":{"mac":"00156d010203","fwVersion":"1.8.0"}}'),
      expected: announcement('wiz', 'device', { mac: macNumber, id: '00156d010203', firmware: '1.8.0' }),
    },
    {
      title: 'a search',
      message: bytesOf('{"method":"getPilot","params":{}}'),
      expected: announcement('wiz', 'query'),
    },
    {
      title: 'an acknowledgement',
      message: bytesOf('{"method":"setPilot","result":{"success":true}}'),
      expected: announcement('wiz', 'device'),
    },
  ],
  ['{"other":1}', '[1,2]', '{"method":'],
);

cases(
  sadpDecoder,
  [
    {
      title: 'a camera',
      message: bytesOf(
        '<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Uuid>X</Uuid><Types>inquiry</Types><DeviceType>7172</DeviceType>',
        '<DeviceDescription>DS-2CD2032-I</DeviceDescription><DeviceSN>DS-2CD2032-I2014</DeviceSN><MAC>00-15-6d-01-02-03</MAC>',
        '<IPv4Address>192.168.1.50</IPv4Address><SoftwareVersion>V5.2.0build 140721</SoftwareVersion><OEMInfo>N/A</OEMInfo></ProbeMatch>',
      ),
      expected: announcement('sadp', 'device', {
        model: 'DS-2CD2032-I',
        deviceType: '7172',
        id: 'DS-2CD2032-I2014',
        mac: macNumber,
        address,
        firmware: 'V5.2.0build 140721',
        manufacturer: 'N/A',
      }),
    },
    {
      title: 'a search',
      message: bytesOf('<?xml version="1.0"?><Probe><Uuid>X</Uuid><Types>inquiry</Types></Probe>'),
      expected: announcement('sadp', 'query'),
    },
  ],
  ['<html></html>'],
);

const dhip = (text: string): Uint8Array =>
  bytesOf(be32(0x20000000), 'DHIP', zeros(8), le32(text.length), zeros(12), text);
cases(
  dahuaDecoder,
  [
    {
      title: 'a camera',
      message: dhip(
        '{"mac":"00:15:6d:01:02:03","method":"client.notifyDevInfo","params":{"deviceInfo":{"DeviceClass":"IPC","DeviceType":"IPC-HFW2231",' +
          '"SerialNo":"4M0","Vendor":"Dahua","Version":"2.800","MachineName":"Tor","IPv4Address":{"IPAddress":"192.168.1.50"}}}}\n',
      ),
      expected: announcement('dhip', 'device', {
        name: 'Tor',
        manufacturer: 'Dahua',
        model: 'IPC-HFW2231',
        deviceType: 'IPC',
        id: '4M0',
        mac: macNumber,
        address,
        firmware: '2.800',
      }),
    },
    {
      title: 'a search',
      message: dhip('{"method":"DHDiscover.search","params":{"mac":"","uni":1}}'),
      expected: announcement('dhip', 'query'),
    },
  ],
  [dhip('not json')],
);

const ubntField = (type: number, ...value: readonly Part[]): Uint8Array => {
  const bytes = bytesOf(...value);
  return bytesOf(type, be16(bytes.length), bytes);
};
const ubntBody = bytesOf(
  ubntField(1, mac),
  ubntField(2, mac, ip),
  ubntField(3, 'BZ.ar7240.v4.3.28'),
  ubntField(0x0b, 'UniFi-Hall'),
  ubntField(0x0c, 'U7LT'),
  ubntField(0x0d, 'home'),
  ubntField(0x14, 'UAP-AC-Lite'),
  ubntField(0x0a, be32(99)),
);
cases(
  ubiquitiDecoder,
  [
    {
      title: 'an access point',
      message: bytesOf(1, 0, be16(ubntBody.length), ubntBody),
      expected: announcement('ubnt', 'device', {
        name: 'UniFi-Hall',
        model: 'UAP-AC-Lite',
        hardware: 'U7LT',
        mac: macNumber,
        address,
        firmware: 'BZ.ar7240.v4.3.28',
        details: ['essid=home'],
      }),
    },
    { title: 'a search', message: bytesOf(1, 0, 0, 0), expected: announcement('ubnt', 'query') },
  ],
  [bytesOf(1, 0, be16(9), 1)],
);

const mndpField = (type: number, ...value: readonly Part[]): Uint8Array => {
  const bytes = bytesOf(...value);
  return bytesOf(be16(type), be16(bytes.length), bytes);
};
cases(
  mikrotikDecoder,
  [
    {
      title: 'a router',
      message: bytesOf(
        be16(0),
        be16(7),
        mndpField(1, mac),
        mndpField(5, 'MikroTik'),
        mndpField(7, '6.49.7 (stable)'),
        mndpField(8, 'MikroTik'),
        mndpField(10, le32(5)),
        mndpField(11, 'ABCD-1234'),
        mndpField(12, 'RB750Gr3'),
        mndpField(16, 'bridge'),
        mndpField(17, ip),
      ),
      expected: announcement('mndp', 'device', {
        name: 'MikroTik',
        manufacturer: 'MikroTik',
        model: 'RB750Gr3',
        id: 'ABCD-1234',
        mac: macNumber,
        address,
        firmware: '6.49.7 (stable)',
        details: ['interface=bridge'],
      }),
    },
    { title: 'a search', message: zeros(4), expected: announcement('mndp', 'query') },
  ],
  [bytesOf(be16(0), be16(7), be16(99), be16(6), mac)],
);

const knx = (service: number, ...body: readonly Part[]): Uint8Array => {
  const bytes = bytesOf(...body);
  return bytesOf(be16(0x0610), be16(service), be16(6 + bytes.length), bytes);
};
const knxInfo = bytesOf(
  54,
  1,
  2,
  0,
  be16(0x1101),
  be16(0),
  hex('00a6b0010203'),
  hex('e000170c'),
  mac,
  'KNX IP Router',
  zeros(17),
);
cases(
  knxnetIpDecoder,
  [
    {
      title: 'a gateway',
      message: knx(0x0202, 8, 1, ip, be16(3671), knxInfo),
      expected: announcement('knxnet-ip', 'device', {
        name: 'KNX IP Router',
        id: '00a6b0010203',
        mac: macNumber,
        address,
        details: ['individual=1.1.1'],
      }),
    },
    {
      title: 'a search',
      message: knx(0x0201, 8, 1, ip, be16(3671)),
      expected: announcement('knxnet-ip', 'query'),
    },
  ],
  [knx(0x0202).subarray(0, 5)],
);

const miio = (id: number): Uint8Array =>
  bytesOf(be16(0x2131), be16(32), zeros(4), be32(id), be32(77), 'token-or-digest!');
cases(
  miioDecoder,
  [
    {
      title: 'a device',
      message: miio(260426251),
      ports: { srcPort: 54321 },
      expected: announcement('miio', 'device', { id: '260426251' }),
    },
    {
      title: 'a client',
      message: miio(260426251),
      ports: { dstPort: 54321 },
      expected: announcement('miio', 'query'),
    },
    {
      title: 'a greeting',
      message: miio(0xffffffff),
      ports: { srcPort: 54321 },
      expected: announcement('miio', 'query'),
    },
  ],
  [miio(1).subarray(0, 31)],
);

const bjnp = (type: number, command: number, ...body: readonly Part[]): Uint8Array => {
  const bytes = bytesOf(...body);
  return bytesOf('BJNP', type, command, be16(0), be16(1), be16(0), be32(bytes.length), bytes);
};
const identity = 'MFG:Canon;CMD:BJL;MDL:MG5200 series;CLS:PRINTER;';
cases(
  bjnpDecoder,
  [
    {
      title: 'a printer',
      message: bjnp(0x81, 1, zeros(4), 6, 4, mac, ip),
      expected: announcement('bjnp', 'device', { mac: macNumber, address, deviceType: 'printer' }),
    },
    {
      title: 'an identity',
      message: bjnp(0x81, 0x30, be16(identity.length + 2), identity),
      expected: announcement('bjnp', 'device', {
        manufacturer: 'Canon',
        model: 'MG5200 series',
        deviceType: 'PRINTER',
      }),
    },
    { title: 'a search', message: bjnp(1, 1), expected: announcement('bjnp', 'query') },
  ],
  ['BJNX0000000000000000'],
);

const status = bytesOf(
  0x08,
  8,
  0x10,
  6,
  0x18,
  [0xbc, 0xd3, 0x01],
  0x22,
  counted('GAMING-PC'),
  0x30,
  16,
  0x38,
  20,
  0x7a,
  counted('00-15-6d-01-02-03'),
);
const steam = (body: Uint8Array): Uint8Array =>
  bytesOf(hex('ffffffff 214c5fa0'), le32(4), 0x08, 1, 0x10, 1, le32(body.length), body);
cases(
  steamDecoder,
  [
    {
      title: 'a computer',
      message: steam(status),
      expected: announcement('steam', 'device', {
        name: 'GAMING-PC',
        mac: macNumber,
        details: ['ostype=20'],
      }),
    },
    { title: 'a search', message: steam(bytesOf(0x08, 0)), expected: announcement('steam', 'query') },
  ],
  [],
);

cases(
  spotifyDecoder,
  [
    {
      title: 'a client',
      message: bytesOf('SpotUdp0', zeros(30)),
      expected: announcement('spotify', 'device'),
    },
  ],
  ['Spot'],
);

cases(
  dropboxDecoder,
  [
    {
      title: 'a computer',
      message: bytesOf(
        '{"host_int": 176735218386724134212345678901, "version": [2, 0], "displayname": "", "port": 17500, "namespaces": [1]}',
      ),
      expected: announcement('dropbox', 'device', { id: '176735218386724134212345678901' }),
    },
  ],
  ['{"port": 1}'],
);

cases(
  plexDecoder,
  [
    {
      title: 'a server',
      message: bytesOf(
        'HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nName: Wohnzimmer\r\nPort: 32400\r\nResource-Identifier: abc123\r\nVersion: 1.32.5\r\n\r\n',
      ),
      expected: announcement('plex-gdm', 'device', {
        name: 'Wohnzimmer',
        deviceType: 'plex/media-server',
        id: 'abc123',
        firmware: '1.32.5',
      }),
    },
    {
      title: 'a search',
      message: bytesOf('M-SEARCH * HTTP/1.1\r\n\r\n'),
      expected: announcement('plex-gdm', 'query'),
    },
  ],
  ['HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n'],
);

const tapo = (text: string): Uint8Array => bytesOf(hex('0200000101e51100'), be32(7), be32(9), text);
cases(
  tapoDecoder,
  [
    {
      title: 'a plug',
      message: tapo(
        '{"error_code":0,"result":{"device_id":"abc","owner":"secret","device_type":"SMART.TAPOPLUG",' +
          '"device_model":"P100(EU)","ip":"192.168.1.50","mac":"00-15-6D-01-02-03"}}',
      ),
      expected: announcement('tapo', 'device', {
        model: 'P100(EU)',
        deviceType: 'SMART.TAPOPLUG',
        id: 'abc',
        mac: macNumber,
        address,
      }),
    },
    { title: 'a search', message: tapo(''), expected: announcement('tapo', 'query') },
    {
      title: 'a search with a key',
      message: tapo('{"params":{"rsa_key":"x"}}'),
      expected: announcement('tapo', 'query'),
    },
  ],
  [tapo('{"other":1}')],
);

describe('DNS to a client that happens to use the port of a discovery protocol', () => {
  it('is neither an announcement nor malformed', () => {
    const answer = bytesOf(
      be16(0x1234),
      be16(0x8180),
      be16(1),
      be16(2),
      be16(0),
      be16(0),
      3,
      'www',
      zeros(40),
    );
    for (const decoder of [mikrotikDecoder, ubiquitiDecoder]) {
      assert.deepEqual(decode(decoder, answer), { result: 'foreign', observations: [], issues: [] });
    }
  });
});

describe('fields that claim more than there is', () => {
  it('end the reading, and what stands before them is kept', () => {
    const ubnt = bytesOf(ubntField(1, mac), 0x0b, be16(99), 'cut');
    const unifi = decode(ubiquitiDecoder, bytesOf(1, 0, be16(ubnt.length), ubnt));
    assert.equal((unifi.observations[0] as AnnouncementObservation).mac, macNumber);
    assert.deepEqual(unifi.issues, ['message/announcement-malformed@13']);
    const mndp = bytesOf(be16(0), be16(7), mndpField(1, mac), be16(5), be16(99), 'cut');
    const router = decode(mikrotikDecoder, mndp);
    assert.equal((router.observations[0] as AnnouncementObservation).mac, macNumber);
    assert.deepEqual(router.issues, ['message/announcement-malformed@14']);
  });
});
