/**
 * Where everything lies in the memory that WebAssembly and TypeScript share: the one description of it. `npm run hot`
 * makes the assembly's constants from it.
 */

/** Rows of a batch in this memory. */
export const ROWS = 2048;
/** Devices whose counters lie in this memory. */
export const DEVICES = 16_384;
/** Flows in the express lane, in sets of `RECORD_WAYS`. */
export const RECORDS = 16_384;
export const RECORD_WAYS = 4;

type Type = 'f64' | 'u32' | 'i32' | 'u16' | 'u8';
const BYTES: Readonly<Record<Type, number>> = { f64: 8, u32: 4, i32: 4, u16: 2, u8: 1 };

/** Offsets of fields behind each other, in the order given: the widest types first keep them aligned. */
function place<K extends string>(
  fields: Readonly<Record<K, readonly [type: Type, times: number]>>,
  start = 0,
): Readonly<Record<K | 'end', number>> {
  let at = start;
  const offsets: Record<string, number> = {};
  for (const [name, [type, times]] of Object.entries<readonly [Type, number]>(fields)) {
    offsets[name] = at;
    at += BYTES[type] * times;
  }
  return { ...offsets, end: at } as Readonly<Record<K | 'end', number>>;
}

/** Columns of a batch, from its base. */
export const COLUMN = place({
  srcMac: ['f64', ROWS],
  dstMac: ['f64', ROWS],
  srcIp: ['u32', ROWS * 4],
  dstIp: ['u32', ROWS * 4],
  frameOffset: ['u32', ROWS],
  capLen: ['u32', ROWS],
  wireLen: ['u32', ROWS],
  tsSeconds: ['u32', ROWS],
  tsNanos: ['u32', ROWS],
  layers: ['u32', ROWS],
  netOffset: ['u32', ROWS],
  outerNetOffset: ['u32', ROWS],
  ipLen: ['u32', ROWS],
  tcpSeq: ['u32', ROWS],
  tcpAck: ['u32', ROWS],
  transportOffset: ['u32', ROWS],
  payloadOffset: ['u32', ROWS],
  payloadLen: ['u32', ROWS],
  payloadCapLen: ['u32', ROWS],
  subframeOffset: ['u32', ROWS],
  linkType: ['u16', ROWS],
  interfaceId: ['u16', ROWS],
  etherType: ['u16', ROWS],
  vlanId: ['u16', ROWS],
  innerVlanId: ['u16', ROWS],
  srcPort: ['u16', ROWS],
  dstPort: ['u16', ROWS],
  tcpWindow: ['u16', ROWS],
  tunnelDepth: ['u8', ROWS],
  ttl: ['u8', ROWS],
  ipProtocol: ['u8', ROWS],
  tcpFlags: ['u8', ROWS],
  /** Record of the express lane that row's flow seems to have; `NO_RECORD` for none. */
  record: ['u16', ROWS],
});
export const NO_RECORD = 0xffff;

/** What both sides tell each other. */
export const STATE = place(
  {
    /** Packet time, and whether nothing strange is going on with it. */
    seconds: ['u32', 1],
    nanos: ['u32', 1],
    isCalm: ['u32', 1],
    /** The latest time of any packet. */
    latestSeconds: ['u32', 1],
    latestNanos: ['u32', 1],
    /** Whole seconds within which no inactivity timeout ends. */
    shortestTimeout: ['u32', 1],
    /** Rows of the last `decode` that need the general path, in `UNCOMMON`. */
    uncommon: ['u32', 1],
    /** Where `frame` stopped: offset behind the last record, and of that record. */
    at: ['u32', 1],
    last: ['u32', 1],
    /** Of the rows of `total`: earliest and latest by time. */
    first: ['u32', 1],
    latest: ['u32', 1],
  },
  1024,
);

/** Flags of a direction in the express lane. */
export const WAY = {
  /** A packet of this direction was seen on the long way. */
  known: 1,
  /** Nothing more of its payload is looked at. */
  inspected: 2,
  /** Its history has the letters of payload and of acknowledgements. */
  data: 4,
  ack: 8,
} as const;

/** One direction of a flow: one cache line. */
const way = (start: number) =>
  place(
    {
      srcMac: ['f64', 1],
      dstMac: ['f64', 1],
      flags: ['u32', 1],
      layers: ['u32', 1],
      source: ['i32', 1],
      destination: ['i32', 1],
      packets: ['u32', 1],
      ipBytes: ['u32', 1],
      /** TCP: sequence numbers as in the flow table. UDP: `last` counts payload bytes. */
      start: ['u32', 1],
      last: ['u32', 1],
      ack: ['u32', 1],
      seenRel: ['u32', 1],
      trimRel: ['u32', 1],
      ttl: ['u8', 1],
      tcpFlags: ['u8', 1],
    },
    start,
  );
export const WAY_BYTES = 64;
export const WAY_FIELD = way(0);

/** A flow in the express lane: a line that says which, then its two directions. */
export const RECORD = place({
  origIp: ['u32', 4],
  respIp: ['u32', 4],
  slot: ['i32', 1],
  lastSeconds: ['u32', 1],
  lastNanos: ['u32', 1],
  /** Seconds before which no timer ends. */
  until: ['u32', 1],
  origPort: ['u16', 1],
  respPort: ['u16', 1],
  ipProtocol: ['u8', 1],
});
export const RECORD_WAY = 64;
export const RECORD_BYTES = RECORD_WAY + 2 * WAY_BYTES;

export const UNCOMMON = 2048;
/** Packets and bytes by layer bit, and all bytes. */
export const TOTAL = place({ packets: ['f64', 32], bytes: ['f64', 32], allBytes: ['f64', 1] }, 8192);
export const TUNNEL_PORTS = 65_536;
export const DEVICE = place(
  {
    packetsOut: ['f64', DEVICES],
    packetsIn: ['f64', DEVICES],
    bytesOut: ['f64', DEVICES],
    bytesIn: ['f64', DEVICES],
    lastSeconds: ['u32', DEVICES],
    lastNanos: ['u32', DEVICES],
  },
  TUNNEL_PORTS + 65_536,
);
/** By record: 0 while nothing is there, else its hash. */
export const KEYS = DEVICE.end;
export const RECORD_BASE = KEYS + RECORDS * 4;
/** What is handed out for batches and windows begins here. */
export const HEAP = RECORD_BASE + RECORDS * RECORD_BYTES;
