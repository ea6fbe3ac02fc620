/** Real captures, read by these decoders and by tshark: every message, every field that both have. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { formatIpv4, formatMac } from '../../src/bytes/address.ts';
import { openCaptures } from '../../src/capture/open.ts';
import { decodeHeaders } from '../../src/packet/decode.ts';
import { IssueCounter } from '../../src/packet/issue.ts';
import { LAYER } from '../../src/packet/layer.ts';
import type { MessageDecoder } from '../../src/protocol/decoder.ts';
import { type Dhcpv4Observation, dhcpv4Decoder } from '../../src/protocol/dhcpv4.ts';
import { type DnsObservation, dnsDecoder, mdnsDecoder } from '../../src/protocol/dns.ts';
import type { Observation } from '../../src/protocol/observation.ts';
import { type SsdpObservation, ssdpDecoder } from '../../src/protocol/ssdp.ts';
import { hasTshark, readWithTshark } from './tshark.ts';

const captures =
  process.env['LANSCOPE_SHARED_CAPTURES'] ?? join(import.meta.dirname, '../../../shared/captures');
const folder = join(captures, 'iot-sentinel');
const DEVICES = ['D-LinkCam', 'HueBridge', 'WeMoInsightSwitch', 'Aria'];
const skip = !existsSync(folder)
  ? 'the shared captures are not here'
  : hasTshark()
    ? false
    : 'tshark is not installed';

/** What the decoder says of the UDP datagrams from or to its ports, by packet number. */
async function observe(path: string, decoders: readonly MessageDecoder[]): Promise<Map<number, Observation>> {
  const seen = new Map<number, Observation>();
  for await (const batch of openCaptures([path])) {
    decodeHeaders(batch, new IssueCounter());
    for (let index = batch.start; index < batch.count; index++) {
      if ((batch.layers[index]! & LAYER.udp) === 0) continue;
      const ports = [batch.srcPort[index]!, batch.dstPort[index]!];
      const decoder = decoders.find(({ triggers }) =>
        triggers.some(
          (trigger) => trigger.kind === 'udp' && trigger.ports.some((port) => ports.includes(port)),
        ),
      );
      const start = batch.payloadOffset[index]!;
      const packet = batch.packetNumber(index);
      const context = { batch, index, packet, seconds: 0, nanos: 0, flow: -1, fromOriginator: true };
      decoder?.decode(batch.bytes, start, start + batch.payloadCapLen[index]!, context, {
        observe: (observation) => seen.set(packet, observation),
        issue: () => assert.fail(`packet ${packet} is not malformed`),
      });
    }
  }
  return seen;
}

const present = (text: string): string[] => (text === '' ? [] : [text]);
const address = (word: number): string[] => (word === 0 ? [] : [formatIpv4(word)]);
const root = (name: string): string => (name === '' ? '<Root>' : name);

describe('agreement with tshark', { skip }, () => {
  for (const device of skip === false ? DEVICES : []) {
    const name = readdirSync(join(folder, device))
      .filter((file) => file.endsWith('.pcap'))
      .sort()[0]!;
    const path = join(folder, device, name);

    it(`${device}: DHCP`, async () => {
      const seen = await observe(path, [dhcpv4Decoder]);
      const theirs = readWithTshark(path, 'dhcp && !icmp', [
        'dhcp.option.type',
        'dhcp.option.hostname',
        'dhcp.option.vendor_class_id',
        'dhcp.option.request_list_item',
        'dhcp.option.requested_ip_address',
        'dhcp.option.dhcp',
        'dhcp.hw.mac_addr',
        'dhcp.option.router',
      ]);
      assert.deepEqual([...seen.keys()], [...theirs.keys()]);
      for (const [packet, values] of theirs) {
        const dhcp = seen.get(packet) as Dhcpv4Observation;
        const ours = [
          dhcp.optionOrder.map(String),
          present(dhcp.hostName),
          present(dhcp.vendorClass),
          dhcp.parameterRequestList.map(String),
          address(dhcp.requestedIp),
          [String(dhcp.messageType)],
          [formatMac(dhcp.clientMac)],
          dhcp.routers.map(formatIpv4),
        ];
        const types = values[0]!.filter((type) => type !== '0' && type !== '255');
        // The client id of option 61 comes under the same name as the hardware address.
        const expected = [types, ...values.slice(1, 6), values[6]!.slice(0, 1), ...values.slice(7)];
        assert.deepEqual(ours, expected, `packet ${packet}`);
      }
    });

    it(`${device}: DNS and mDNS`, async () => {
      const seen = await observe(path, [dnsDecoder, mdnsDecoder]);
      const theirs = readWithTshark(path, '(dns || mdns) && udp && !icmp', [
        'dns.qry.name',
        'dns.qry.type',
        'dns.resp.name',
        'dns.resp.type',
        'dns.resp.ttl',
        'dns.txt',
        'dns.ptr.domain_name',
        'dns.srv.port',
        'dns.srv.target',
        'dns.a',
        'dns.aaaa',
        'dns.cname',
      ]);
      assert.deepEqual([...seen.keys()], [...theirs.keys()]);
      for (const [packet, values] of theirs) {
        const { questions, records } = seen.get(packet) as DnsObservation;
        const of = (type: number): string[] =>
          records.filter((record) => record.type === type).map(({ value }) => value);
        const ours = [
          questions.map((question) => root(question.name)),
          questions.map(({ type }) => String(type)),
          // tshark names SRV records elsewhere, in parts, and has no lifetime for OPT.
          records.filter(({ type }) => type !== 33).map((record) => root(record.name)),
          records.map(({ type }) => String(type)),
          records.filter(({ type }) => type !== 41).map(({ ttl }) => String(ttl)),
          records.filter(({ type }) => type === 16).flatMap(({ strings }) => strings),
          of(12),
          records.filter(({ type }) => type === 33).map(({ port }) => String(port)),
          of(33),
          of(1),
          of(28),
          of(5),
        ];
        const texts = values.map((list, i) => (i === 5 ? list.filter((text) => text !== '') : list));
        assert.deepEqual(ours, texts, `packet ${packet}`);
      }
    });

    it(`${device}: SSDP`, async () => {
      const seen = await observe(path, [ssdpDecoder]);
      const theirs = readWithTshark(path, 'ssdp', [
        'http.request.method',
        'http.host',
        'http.server',
        'http.location',
      ]);
      assert.deepEqual([...seen.keys()], [...theirs.keys()]);
      for (const [packet, values] of theirs) {
        const { method, headers } = seen.get(packet) as SsdpObservation;
        const requests = { notify: ['NOTIFY'], search: ['M-SEARCH'], response: [] };
        const ours = [
          requests[method],
          ...['host', 'server', 'location'].map((name) => present(headers.get(name) ?? '')),
        ];
        assert.deepEqual(ours, values, `packet ${packet}`);
      }
    });
  }
});
