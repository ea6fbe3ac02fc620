/** One simulated connection, as a row of conn.log will tell it. */
export interface SimulatedFlow {
  start: number;
  orig: string;
  origPort: number;
  resp: string;
  respPort: number;
  proto: 'tcp' | 'udp' | 'icmp';
  service: string;
  duration: number;
  origBytes: number;
  respBytes: number;
  state: string;
  history: string;
  origPackets: number;
  respPackets: number;
  origIpBytes: number;
  respIpBytes: number;
  /** `Benign`, or what IoT-23 would call it. */
  label: string;
}

const IP_TCP = 52;
const SYN = 60;
/** IP lengths of a SYN with and without the options that systems send. */
export const SYN_SIZES = [40, 44, 48, 52, 60, 60, 60] as const;
const IP_UDP = 28;
const SEGMENT = 1400;

type Ends = Pick<SimulatedFlow, 'start' | 'orig' | 'origPort' | 'resp' | 'respPort' | 'label'>;

/** A SYN that nobody answers, sent `tries` times. */
export function unanswered(ends: Ends, tries: number, size: number = SYN): SimulatedFlow {
  const duration = tries > 1 ? 3.1 * (tries - 1) - (tries > 2 ? 3.1 * (tries - 2) - 3.05 : 0) : 0;
  return {
    ...ends,
    proto: 'tcp',
    service: '-',
    duration,
    origBytes: 0,
    respBytes: 0,
    state: 'S0',
    history: 'S',
    origPackets: tries,
    respPackets: 0,
    origIpBytes: tries * size,
    respIpBytes: 0,
  };
}

/** A SYN answered with RST. */
export function rejected(ends: Ends, roundTrip: number, size: number = SYN): SimulatedFlow {
  return {
    ...unanswered(ends, 1, size),
    duration: roundTrip,
    state: 'REJ',
    history: 'Sr',
    respPackets: 1,
    respIpBytes: 40,
  };
}

/** A connection with payload both ways; `state` as it ended. */
export function established(
  ends: Ends,
  content: Pick<SimulatedFlow, 'service' | 'duration' | 'origBytes' | 'respBytes'> & { state?: string },
): SimulatedFlow {
  const state = content.state ?? 'SF';
  const origPackets = 4 + Math.ceil(content.origBytes / SEGMENT) + Math.ceil(content.respBytes / SEGMENT / 2);
  const respPackets = 3 + Math.ceil(content.respBytes / SEGMENT) + Math.ceil(content.origBytes / SEGMENT / 2);
  return {
    ...ends,
    proto: 'tcp',
    ...content,
    state,
    history: HISTORY[state] ?? 'ShADad',
    origPackets,
    respPackets,
    origIpBytes: content.origBytes + origPackets * IP_TCP,
    respIpBytes: content.respBytes + respPackets * IP_TCP,
  };
}

const HISTORY: Readonly<Record<string, string>> = {
  SF: 'ShADadfF',
  S1: 'ShADad',
  S3: 'ShAdDaf',
  RSTO: 'ShADadR',
  RSTR: 'ShADadr',
  S2: 'ShADadF',
};

/** UDP with or without an answer. */
export function datagrams(
  ends: Ends,
  content: {
    service: string;
    duration: number;
    origPackets: number;
    respPackets: number;
    origSize: number;
    respSize: number;
  },
): SimulatedFlow {
  const { origPackets, respPackets, origSize, respSize } = content;
  const isSingle = origPackets + respPackets <= 1;
  return {
    ...ends,
    proto: 'udp',
    service: content.service,
    duration: isSingle ? 0 : content.duration,
    origBytes: origPackets * origSize,
    respBytes: respPackets * respSize,
    state: respPackets > 0 ? 'SF' : 'S0',
    history: respPackets > 0 ? 'Dd' : 'D',
    origPackets,
    respPackets,
    origIpBytes: origPackets * (origSize + IP_UDP),
    respIpBytes: respPackets * (respSize + IP_UDP),
  };
}

/** ICMP echo. */
export function echo(
  ends: Omit<Ends, 'origPort' | 'respPort'>,
  packets: number,
  answered: number,
  size: number,
): SimulatedFlow {
  return {
    ...datagrams(
      { ...ends, origPort: 8, respPort: 0 },
      {
        service: '-',
        duration: packets - 1 + 0.02,
        origPackets: packets,
        respPackets: answered,
        origSize: size,
        respSize: size,
      },
    ),
    proto: 'icmp',
    state: 'OTH',
    history: '-',
  };
}
