/** What malware of things and intruders do, with the words that IoT-23 has for it. */
import type { Behaviour } from './benign.ts';
import { datagrams, echo, established, rejected, type SimulatedFlow, SYN_SIZES, unanswered } from './flow.ts';
import type { Random } from './random.ts';

/** Flows of one behaviour at most: more of the same teaches nothing. */
const MAX_FLOWS = 1200;

/** What a probe meets. */
function probe(
  random: Random,
  ends: Parameters<typeof unanswered>[0],
  open: number,
  reset: number,
  size: number,
): SimulatedFlow {
  const meets = random.next();
  if (meets < open) {
    return established(ends, {
      service: [22].includes(ends.respPort) ? 'ssh' : '-',
      duration: random.scale(0.05, 30),
      origBytes: random.whole(0, 400),
      respBytes: random.whole(0, 600),
      state: random.pick(['RSTO', 'SF', 'RSTR', 'S1']),
    });
  }
  if (meets < open + reset) return rejected(ends, random.scale(0.0005, 0.3), size);
  return unanswered(ends, random.pick([1, 1, 1, 2, 3]), size);
}

const horizontalScan: Behaviour = (random, host, flows) => {
  const ports = random.pick([
    [23, 2323],
    [23],
    [22],
    [80],
    [8080],
    [5555],
    [37_215],
    [52_869],
    [7547],
    [445],
    [81, 8081],
    [random.whole(1000, 65_000)],
  ]);
  const size = random.pick(SYN_SIZES);
  const rate = random.scale(0.3, 400);
  const inside = random.chance(0.25);
  const net = host.address.slice(0, host.address.lastIndexOf('.'));
  const open = random.between(0, 0.05);
  const reset = inside ? random.between(0, 0.6) : random.between(0, 0.15);
  const count = inside ? 253 : random.whole(60, MAX_FLOWS);
  let start = random.between(host.from, host.to);
  const fixedPort = random.chance(0.3) ? random.ephemeralPort() : 0;
  for (let n = 0; n < count; n++) {
    start += random.between(0.2, 1.8) / rate;
    const resp = inside ? `${net}.${1 + (n % 254)}` : random.publicAddress();
    flows.push(
      probe(
        random,
        {
          start,
          orig: host.address,
          origPort: fixedPort || random.ephemeralPort(),
          resp,
          respPort: random.pick(ports),
          label: 'PartOfAHorizontalPortScan',
        },
        open,
        reset,
        size,
      ),
    );
  }
};

const verticalScan: Behaviour = (random, host, flows) => {
  const net = host.address.slice(0, host.address.lastIndexOf('.'));
  const resp = random.chance(0.6) ? `${net}.${random.whole(1, 254)}` : random.publicAddress();
  const size = random.pick(SYN_SIZES);
  const rate = random.scale(1, 500);
  const filtered = random.chance(0.4);
  let start = random.between(host.from, host.to);
  const isUdp = random.chance(0.2);
  for (let n = random.whole(60, MAX_FLOWS); n > 0; n--) {
    start += random.between(0.2, 1.8) / rate;
    const ends = {
      start,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp,
      respPort: random.whole(1, 65_535),
      label: 'PortScan',
    };
    if (isUdp) {
      flows.push(
        datagrams(ends, {
          service: '-',
          duration: 0,
          origPackets: 1,
          respPackets: random.chance(0.02) ? 1 : 0,
          origSize: random.whole(0, 40),
          respSize: 60,
        }),
      );
    } else flows.push(probe(random, ends, 0.01, filtered ? 0.02 : 0.95, size));
  }
};

const LABEL_C2 = 'C&C';

/** A server that is gone, tried again and again. */
const deadC2: Behaviour = (random, host, flows) => {
  const servers = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => random.publicAddress());
  const respPort = random.pick([
    23,
    50,
    80,
    443,
    666,
    1791,
    4554,
    5555,
    6667,
    6969,
    8080,
    9506,
    48_101,
    random.whole(1, 65_000),
  ]);
  const size = random.pick(SYN_SIZES);
  const interval = random.scale(3, 400);
  const jitter = random.between(0, 0.8);
  const rejects = random.chance(0.25) ? random.between(0, 1) : 0;
  let at = random.between(host.from, (host.from + host.to) / 2);
  for (let n = 0; n < MAX_FLOWS && at < host.to; n++) {
    const ends = {
      start: at,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp: random.pick(servers),
      respPort,
      label: LABEL_C2,
    };
    if (random.chance(rejects)) flows.push(rejected(ends, random.scale(0.01, 0.3), size));
    else if (random.chance(0.5)) flows.push(unanswered(ends, random.whole(1, 4), size));
    else {
      // What is tried again after the attempt was given up is a row of its own.
      flows.push(unanswered(ends, 3, size), unanswered({ ...ends, start: at + 7.2 }, 1, size));
    }
    at += interval * Math.max(0.05, 1 + jitter * (random.next() + random.next() - 1));
  }
};

/** A server that answers: small, regular, on a port that clients do not use much. */
const heartbeat: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const respPort = random.pick([random.whole(1024, 65_000), random.whole(1, 1023), 80, 8080, 6667, 443]);
  const service =
    respPort === 6667 ? random.pick(['irc', '-']) : respPort === 80 ? random.pick(['http', '-']) : '-';
  const interval = random.scale(5, 900);
  const jitter = random.between(0, 0.3);
  const size = random.whole(10, 300);
  const answer = random.whole(0, 300);
  const state = random.pick(['SF', 'S3', 'RSTR', 'SF', 'RSTO']);
  const live = random.between(0.3, 1);
  let at = random.between(host.from, (host.from + host.to) / 2);
  for (let n = 0; n < MAX_FLOWS && at < host.to; n++) {
    const ends = {
      start: at,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp,
      respPort,
      label: 'C&C-HeartBeat',
    };
    if (!random.chance(live)) flows.push(unanswered(ends, random.whole(1, 3)));
    else {
      const duration = random.chance(0.3) ? interval * random.between(0.3, 0.95) : random.scale(0.05, 5);
      flows.push(established(ends, { service, duration, origBytes: size, respBytes: answer, state }));
    }
    at += interval * Math.max(0.05, 1 + jitter * (random.next() + random.next() - 1));
  }
};

/** A session that stays open and says little. */
const quietSession: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const respPort = random.whole(1, 65_000);
  for (let n = random.whole(2, 30), at = random.between(host.from, host.to); n > 0; n--) {
    const duration = random.scale(60, 4000);
    flows.push(
      established(
        { start: at, orig: host.address, origPort: random.ephemeralPort(), resp, respPort, label: LABEL_C2 },
        {
          service: random.pick(['-', '-', 'irc']),
          duration,
          origBytes: Math.round(random.scale(20, 3000)),
          respBytes: Math.round(random.scale(20, 3000)),
          state: random.pick(['S1', 'S3', 'RSTR', 'SF', 'RSTO']),
        },
      ),
    );
    at += duration + random.between(1, 60);
  }
};

const synFlood: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const respPort = random.pick([80, 443, 53, 22, random.whole(1, 65_000)]);
  const size = random.pick(SYN_SIZES);
  const rate = random.scale(20, 5000);
  const spoofed = random.chance(0.3);
  let start = random.between(host.from, host.to);
  for (let n = random.whole(200, MAX_FLOWS); n > 0; n--) {
    start += random.between(0.2, 1.8) / rate;
    const orig = spoofed ? random.publicAddress() : host.address;
    const ends = { start, orig, origPort: random.whole(1024, 65_535), resp, respPort, label: 'DDoS' };
    const meets = random.next();
    if (meets < 0.85) flows.push(unanswered(ends, random.pick([1, 1, 1, 2]), size));
    else if (meets < 0.95) flows.push({ ...unanswered(ends, 1), state: 'OTH', history: 'A' });
    else flows.push(rejected(ends, 0.05));
  }
};

/** Few flows of very many packets. */
const bulkFlood: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const isUdp = random.chance(0.6);
  let start = random.between(host.from, host.to);
  for (let n = random.whole(2, 80); n > 0; n--) {
    const packets = Math.round(random.scale(500, 100_000));
    const duration = packets / random.scale(300, 20_000);
    const ends = {
      start,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp,
      respPort: random.pick([80, 53, 443, random.whole(1, 65_535)]),
      label: 'DDoS',
    };
    if (isUdp) {
      flows.push(
        datagrams(ends, {
          service: '-',
          duration,
          origPackets: packets,
          respPackets: 0,
          origSize: random.pick([1, 64, 512, 1024, 1400]),
          respSize: 0,
        }),
      );
    } else {
      flows.push({
        ...unanswered(ends, 1),
        duration,
        origPackets: packets,
        origIpBytes: packets * 40,
        history: random.pick(['S', 'SA', 'A']),
        state: random.pick(['S0', 'OTH']),
      });
    }
    start += random.between(0, 5);
  }
};

const httpFlood: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const rate = random.scale(10, 400);
  let start = random.between(host.from, host.to);
  for (let n = random.whole(150, MAX_FLOWS); n > 0; n--) {
    start += random.between(0.2, 1.8) / rate;
    flows.push(
      established(
        {
          start,
          orig: host.address,
          origPort: random.ephemeralPort(),
          resp,
          respPort: random.pick([80, 80, 443]),
          label: 'DDoS',
        },
        {
          service: random.pick(['http', '-']),
          duration: random.scale(0.02, 5),
          origBytes: random.whole(80, 600),
          respBytes: random.whole(0, 2000),
          state: random.pick(['SF', 'S1', 'RSTR', 'S3']),
        },
      ),
    );
  }
};

const udpFlood: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const rate = random.scale(20, 3000);
  const samePort = random.chance(0.5) ? random.whole(1, 65_000) : 0;
  let start = random.between(host.from, host.to);
  const origSize = random.pick([1, 32, 512, 1024]);
  for (let n = random.whole(200, MAX_FLOWS); n > 0; n--) {
    start += random.between(0.2, 1.8) / rate;
    flows.push(
      datagrams(
        {
          start,
          orig: host.address,
          origPort: random.ephemeralPort(),
          resp,
          respPort: samePort || random.whole(1, 65_535),
          label: 'DDoS',
        },
        {
          service: '-',
          duration: 1,
          origPackets: random.whole(1, 20),
          respPackets: 0,
          origSize,
          respSize: 0,
        },
      ),
    );
  }
};

const exfiltration: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const respPort = random.pick([21, 4444, 8081, 9001, random.whole(1024, 65_000)]);
  let start = random.between(host.from, host.to);
  for (let n = random.whole(3, 60); n > 0; n--) {
    flows.push(
      established(
        {
          start,
          orig: host.address,
          origPort: random.ephemeralPort(),
          resp,
          respPort,
          label: 'Exfiltration',
        },
        {
          service: '-',
          duration: random.scale(1, 600),
          origBytes: Math.round(random.scale(1_000_000, 300_000_000)),
          respBytes: Math.round(random.scale(0.5, 3000)),
          state: random.pick(['SF', 'RSTO', 'S1']),
        },
      ),
    );
    start += random.scale(5, 600);
  }
};

const nameTunnel: Behaviour = (random, host, flows) => {
  let start = random.between(host.from, host.to);
  const resp = random.chance(0.5) ? host.gateway : random.publicAddress();
  const single = random.chance(0.3);
  for (let n = single ? random.whole(5, 30) : random.whole(100, 800); n > 0; n--) {
    const packets = single ? random.whole(200, 5000) : random.whole(1, 3);
    flows.push(
      datagrams(
        {
          start,
          orig: host.address,
          origPort: random.ephemeralPort(),
          resp,
          respPort: 53,
          label: 'Exfiltration-DNS',
        },
        {
          service: 'dns',
          duration: random.scale(0.01, 2) * packets,
          origPackets: packets,
          respPackets: packets,
          origSize: random.whole(120, 250),
          respSize: random.whole(100, 480),
        },
      ),
    );
    start += random.scale(0.02, 2);
  }
};

const echoTunnel: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  let start = random.between(host.from, host.to);
  for (let n = random.whole(3, 40); n > 0; n--) {
    const packets = random.whole(100, 4000);
    flows.push(
      echo(
        { start, orig: host.address, resp, label: 'Exfiltration-ICMP' },
        packets,
        packets,
        random.whole(300, 1400),
      ),
    );
    start += random.scale(5, 300);
  }
};

export const MALICIOUS_BEHAVIOURS: readonly Behaviour[] = [
  horizontalScan,
  horizontalScan,
  verticalScan,
  deadC2,
  deadC2,
  heartbeat,
  heartbeat,
  quietSession,
  synFlood,
  bulkFlood,
  httpFlood,
  udpFlood,
  exfiltration,
  nameTunnel,
  echoTunnel,
];
