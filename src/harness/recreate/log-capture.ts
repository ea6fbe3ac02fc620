/**
 * A capture made from a connection log whose own capture is not at hand, so that detectors can be measured on it: who spoke
 * with whom, when, with how many packets, bytes and flags is as the log says; packets of a connection are spread evenly
 * over its time, and no payload is known. What detectors learn from payload, from frames and from other protocols, they
 * cannot find in it.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseIp } from '../../bytes/parse-ip.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../../packet/layer.ts';
import { LabelParser } from '../labels/conn-log-labels.ts';
import { type Ends, HeaderCapture, ipBytes, isIpv4, TCP_BYTES, UDP_BYTES } from './headers.ts';
import { tcpEvents } from './tcp-events.ts';

/** Packets of one side of a connection; the rest of them is left out. */
const MAX_PACKETS_OF_SIDE = 20_000;
/** Packets in all: some 300 MB of memory. Longer logs are not recreated. */
const MAX_PACKETS = 3_000_000;
const MAX_OPTION_BYTES = 40;
const FIRST_SEQUENCE = 1;
/** Types of ICMP and ICMPv6 that are answered, with the type of the answer: a log has that one instead of a code. */
const ANSWER: Readonly<Record<number, number>> = {
  8: 0,
  10: 9,
  13: 14,
  15: 16,
  17: 18,
  128: 129,
  130: 131,
  133: 134,
  135: 136,
  139: 140,
};

/** The capture as a file of pcap; null when the log is too long. */
export async function recreateCapture(path: string): Promise<Uint8Array | null> {
  const capture = new HeaderCapture();
  const parser = new LabelParser();
  const input = createReadStream(path, { highWaterMark: 1 << 20 });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (parser.line(line) === null || !parser.isConnection) continue;
    addConnection(parser, capture);
    if (capture.packets > MAX_PACKETS) return null;
  }
  return capture.toPcap();
}

interface Connection {
  readonly start: number;
  readonly duration: number;
  /** From the originator, and from the responder. */
  readonly ends: readonly [Ends, Ends];
  readonly packets: readonly [number, number];
  readonly payload: readonly [number, number];
  readonly ipBytes: readonly [number, number];
}

function addConnection(parser: LabelParser, capture: HeaderCapture): void {
  const from = new Uint32Array(4);
  const to = new Uint32Array(4);
  if (!parseIp(parser.cell('id.orig_h'), from) || !parseIp(parser.cell('id.resp_h'), to)) return;
  const fromPort = parser.number('id.orig_p');
  const toPort = parser.number('id.resp_p');
  const both = (name: string): [number, number] => [
    parser.number(`orig_${name}`),
    parser.number(`resp_${name}`),
  ];
  const [sent, answered] = both('pkts');
  const connection: Connection = {
    start: Number(parser.cell('ts')),
    duration: parser.number('duration'),
    ends: [
      { from, to, fromPort, toPort },
      { from: to, to: from, fromPort: toPort, toPort: fromPort },
    ],
    packets: [Math.min(sent, MAX_PACKETS_OF_SIDE), Math.min(answered, MAX_PACKETS_OF_SIDE)],
    payload: both('bytes'),
    ipBytes: both('ip_bytes'),
  };
  const history = parser.cell('history');
  switch (parser.cell('proto')) {
    case 'tcp':
      addTcp(connection, history, capture);
      break;
    case 'udp':
      addDatagrams(connection, (time, side, payload) => capture.udp(time, connection.ends[side], payload));
      break;
    case 'icmp':
      addIcmp(connection, capture);
      break;
  }
}

function addTcp(connection: Connection, history: string, capture: HeaderCapture): void {
  const { start, duration, ends, packets, payload } = connection;
  const events = tcpEvents(history, packets, payload);
  const next = [FIRST_SEQUENCE, FIRST_SEQUENCE];
  const carriers = ([true, false] as const).map(
    (own) => events.filter(({ isData, fromOriginator }) => isData && fromOriginator === own).length,
  );
  const unsent = [...payload];
  const unwritten = ([true, false] as const).map(
    (own) => events.filter(({ fromOriginator }) => fromOriginator === own).length,
  );
  const options = [0, 1].map((side) => spareBytes(connection, side as 0 | 1, carriers[side]! > 0));
  for (const [index, { fromOriginator, flags, isData }] of events.entries()) {
    const side = fromOriginator ? 0 : 1;
    const size = isData ? Math.floor(unsent[side]! / carriers[side]!--) : 0;
    unsent[side]! -= size;
    const taken = Math.min(MAX_OPTION_BYTES, 4 * Math.round(options[side]! / unwritten[side]!-- / 4));
    options[side]! -= taken;
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    capture.tcp(timeOf(start, duration, index, events.length), ends[side], {
      flags,
      // A SYN is said again with the same number.
      sequence: isSyn ? FIRST_SEQUENCE : next[side]!,
      acknowledged: (flags & TCP_FLAG.ack) === 0 ? 0 : next[1 - side]!,
      options: taken,
      payload: size,
    });
    next[side] = isSyn ? FIRST_SEQUENCE + 1 : next[side]! + size + ((flags & TCP_FLAG.fin) === 0 ? 0 : 1);
  }
}

/** What IP counts beyond headers without options and payload: bytes of options, of all packets of a side. */
function spareBytes(
  { ends, packets, payload, ipBytes: total }: Connection,
  side: 0 | 1,
  hasData: boolean,
): number {
  const bare = packets[side] * (ipBytes(ends[side]) + TCP_BYTES) + (hasData ? payload[side] : 0);
  return Math.max(0, Math.min(total[side] - bare, packets[side] * MAX_OPTION_BYTES));
}

/** Questions and answers by turns. */
function addDatagrams(
  connection: Connection,
  add: (time: number, side: 0 | 1, payload: number) => void,
): void {
  const { start, duration, ends, ipBytes: total } = connection;
  const packets: readonly [number, number] =
    connection.packets[0] + connection.packets[1] === 0 ? [1, 0] : connection.packets;
  const unsent = ([0, 1] as const).map((side) =>
    Math.max(0, total[side] - packets[side] * (ipBytes(ends[side]) + UDP_BYTES)),
  );
  const left = [...packets];
  const all = packets[0] + packets[1];
  for (let index = 0; index < all; index++) {
    const side = left[0]! * packets[1] >= left[1]! * packets[0] && left[0]! > 0 ? 0 : 1;
    const size = Math.floor(unsent[side]! / left[side]!--);
    unsent[side]! -= size;
    add(timeOf(start, duration, index, all), side, size);
  }
}

/** A log has type and code where others have ports, or both types. */
function addIcmp(connection: Connection, capture: HeaderCapture): void {
  const { ends } = connection;
  const { fromPort: type, toPort } = ends[0];
  const isAnswered = ANSWER[type] === toPort;
  const code = isAnswered ? 0 : toPort;
  const types = [type, isAnswered ? toPort : type] as const;
  const protocol = isIpv4(ends[0].from) ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
  addDatagrams(connection, (time, side, payload) =>
    capture.icmp(time, ends[side], protocol, types[side], code, payload),
  );
}

function timeOf(start: number, duration: number, index: number, count: number): number {
  return count < 2 ? start : start + (duration * index) / (count - 1);
}
