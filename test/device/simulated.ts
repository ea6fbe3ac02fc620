/** What a device says on its network, as frames: for captures of devices that nobody has at hand. */
import type { Report } from '../../src/report/schema.ts';
import { BROADCAST, type Host, LAPTOP, remote, ROUTER, Scene } from '../detect/scene.ts';
import { der } from '../protocol/certificate.ts';
import { clientHelloBody, counted16, handshake, records, serverName } from '../protocol/tls-messages.ts';
import { be16, be32, bytesOf, counted, labels } from '../protocol/write.ts';

const MDNS: Host = { mac: '01:00:5e:00:00:fb', ip: '224.0.0.251' };
const SSDP: Host = { mac: '01:00:5e:7f:ff:fa', ip: '239.255.255.250' };
const LAN_BROADCAST: Host = { mac: BROADCAST, ip: '192.168.1.255' };
const TYPE = { a: 1, ptr: 12, txt: 16, srv: 33 } as const;

function record(name: string, type: number, data: Uint8Array): Uint8Array {
  return bytesOf(labels(name), be16(type), be16(1), be32(120), be16(data.length), data);
}

export interface Service {
  /** `_ipp._tcp` */
  readonly type: string;
  readonly instance: string;
  readonly txt?: readonly string[];
  readonly host?: string;
  readonly port?: number;
}

/** A device with its own scene: what it says is told one after the other, half a second apart. */
export class Simulated {
  readonly scene: Scene;
  readonly host: Host;
  private time = 1;
  private servers = 7;

  constructor(mac: string, ip = '192.168.1.77', scene = new Scene()) {
    this.host = { mac, ip };
    this.scene = scene;
  }

  /** Another server on every call, so that no two connections are one. */
  private server(): Host {
    this.servers++;
    return remote(`203.0.113.${this.servers}`);
  }

  private next(): number {
    this.time += 0.5;
    return this.time;
  }

  dhcp(fields: { hostName?: string; vendorClass?: string; parameters?: readonly number[] }): this {
    this.scene.dhcp(this.next(), { client: this.host.mac, type: 3, ...fields });
    return this;
  }

  /** Looks names up, and opens a connection to the address of each. */
  asks(...domains: readonly string[]): this {
    for (const domain of domains) {
      const question = bytesOf(be16(7), be16(0x0100), be16(1), be16(0), be16(0), be16(0), labels(domain));
      this.scene.udp(this.next(), this.host, ROUTER, [40_000, 53], bytesOf(question, be16(1), be16(1)));
    }
    this.scene.connection(this.next(), this.host, remote('203.0.113.7'), 443, 41_000);
    return this;
  }

  /** Opens a TLS connection to a server of that name. */
  connects(domain: string): this {
    const hello = records(handshake(1, clientHelloBody({ extensions: [serverName(domain)] })));
    this.scene.request(this.next(), this.host, this.server(), 443, hello);
    return this;
  }

  /** Looks for services of others. */
  browses(...types: readonly string[]): this {
    for (const type of types) {
      const head = bytesOf(be16(0), be16(0), be16(1), be16(0), be16(0), be16(0));
      const payload = bytesOf(head, labels(`${type}.local`), be16(TYPE.ptr), be16(1));
      this.scene.udp(this.next(), this.host, MDNS, [5353, 5353], payload);
    }
    return this;
  }

  announces(...services: readonly Service[]): this {
    for (const { type, instance, txt = [''], host = 'device', port = 80 } of services) {
      const name = bytesOf(counted(instance), labels(`${type}.local`));
      const named = (kind: number, data: Uint8Array): Uint8Array =>
        bytesOf(name, be16(kind), be16(0x8001), be32(120), be16(data.length), data);
      const records = [
        record(`${type}.local`, TYPE.ptr, name),
        named(TYPE.srv, bytesOf(be32(0), be16(port), labels(`${host}.local`))),
        named(TYPE.txt, bytesOf(...txt.map((text) => counted(text)))),
        record(`${host}.local`, TYPE.a, Uint8Array.from(this.host.ip.split('.').map(Number))),
      ];
      const head = bytesOf(be16(0), be16(0x8400), be16(0), be16(records.length), be16(0), be16(0));
      this.scene.udp(this.next(), this.host, MDNS, [5353, 5353], bytesOf(head, ...records));
    }
    return this;
  }

  private http(to: Host, ports: [number, number], first: string, headers: Record<string, string>): this {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.scene.udp(this.next(), this.host, to, ports, bytesOf(`${first}\r\n`, ...lines, '\r\n'));
    return this;
  }

  notifies(headers: Record<string, string>): this {
    const fixed = { HOST: '239.255.255.250:1900', NTS: 'ssdp:alive' };
    return this.http(SSDP, [1900, 1900], 'NOTIFY * HTTP/1.1', { ...fixed, ...headers });
  }

  searches(...targets: readonly string[]): this {
    for (const target of targets) {
      const headers = { HOST: '239.255.255.250:1900', MAN: '"ssdp:discover"', MX: '1', ST: target };
      this.http(SSDP, [50_000, 1900], 'M-SEARCH * HTTP/1.1', headers);
    }
    return this;
  }

  /** A request over HTTP with this User-Agent. */
  browsesAs(userAgent: string, host = 'www.example.com', path = '/'): this {
    const text = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${userAgent}\r\n\r\n`;
    this.scene.request(this.next(), this.host, this.server(), 80, bytesOf(text));
    return this;
  }

  /** Answers the request of a computer on the network. */
  serves(headers: Record<string, string>, body = '', status = '200 OK'): this {
    const lines = Object.entries({ ...headers, 'Content-Length': String(body.length) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`);
    const ask = bytesOf(`GET /description.xml HTTP/1.1\r\nHost: ${this.host.ip}\r\n\r\n`);
    const answer = bytesOf(`HTTP/1.1 ${status}\r\n`, ...head, '\r\n', body);
    this.scene.request(this.next(), LAPTOP, this.host, 80, ask, answer);
    return this;
  }

  /** Its UPnP description. */
  describes(fields: Record<string, string>): this {
    const elements = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
    const type = '<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType>';
    const device = `<device>${type}<friendlyName>It</friendlyName>${elements.join('')}</device>`;
    const xml = `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">${device}</root>`;
    return this.serves({ 'Content-Type': 'text/xml' }, xml);
  }

  /** Answers that its page is for those who log in. */
  demandsLogin(realm: string): this {
    return this.serves({ 'WWW-Authenticate': `Basic realm="${realm}"` }, '', '401 Unauthorized');
  }

  /** An SSH server's line. */
  greets(banner: string): this {
    const [ask, answer] = [bytesOf('SSH-2.0-Client\r\n'), bytesOf(`${banner}\r\n`)];
    this.scene.request(this.next(), LAPTOP, this.host, 22, ask, answer);
    return this;
  }

  /** Its answer to SNMP's question for sysDescr. */
  describesSystem(text: string): this {
    const name = bytesOf([0x06, 8, 0x2b, 6, 1, 2, 1, 1, 1, 0]);
    const binding = der(0x30, name, der(0x04, bytesOf(text)));
    const zero = bytesOf([0x02, 1, 0]);
    const response = der(0xa2, bytesOf([0x02, 1, 7]), zero, zero, der(0x30, binding));
    const payload = der(0x30, bytesOf([0x02, 1, 1]), der(0x04, bytesOf('public')), response);
    this.scene.udp(this.next(), this.host, LAPTOP, [161, 40_000], payload);
    return this;
  }

  /** Asks a TFTP server for a file. */
  fetches(file: string): this {
    this.scene.udp(this.next(), this.host, ROUTER, [40_000, 69], bytesOf(be16(1), file, 0, 'octet', 0));
    return this;
  }

  /** Connects to an MQTT broker. */
  subscribes(clientId: string, willTopic: string): this {
    const fields = [clientId, willTopic, 'Offline'].map((text) => counted16(text));
    const body = bytesOf(counted16('MQTT'), [4, 0x04], be16(60), ...fields);
    const length = [(body.length & 127) | 128, body.length >> 7];
    this.scene.request(this.next(), this.host, LAPTOP, 1883, bytesOf(0x10, length, body));
    return this;
  }

  /** A datagram to everybody on the network. */
  broadcasts(port: number, payload: Uint8Array): this {
    this.scene.udp(this.next(), this.host, LAN_BROADCAST, [port, port], payload);
    return this;
  }

  async report(): Promise<Report> {
    return this.scene.report();
  }

  async identity(): Promise<Report['devices'][number]['identity']> {
    const { devices } = await this.report();
    const found = devices.find(({ id }) => id === this.host.mac);
    if (found === undefined) throw new Error(`${this.host.mac} is not among the devices`);
    return found.identity;
  }
}
