/** What devices of homes and offices do that means no harm. Each adds its flows within [from, to) epoch seconds. */
import { datagrams, echo, established, rejected, type SimulatedFlow, SYN_SIZES, unanswered } from './flow.ts';
import type { Random } from './random.ts';

export interface Host {
  readonly address: string;
  readonly gateway: string;
  readonly from: number;
  readonly to: number;
}

export type Behaviour = (random: Random, host: Host, flows: SimulatedFlow[]) => void;

const BENIGN = 'Benign';

function* times(random: Random, { from, to }: Host, interval: number, jitter: number): Generator<number> {
  for (let at = from + random.between(0, interval); at < to;) {
    yield at;
    at += interval * Math.max(0.02, 1 + jitter * (random.next() + random.next() - 1));
  }
}

const clock: Behaviour = (random, host, flows) => {
  const servers = Array.from({ length: random.whole(1, 6) }, () => random.publicAddress());
  const answered = random.chance(0.2) ? random.between(0, 0.6) : random.between(0.9, 1);
  for (const start of times(random, host, random.pick([64, 128, 600, 1024, 3600]), 0.3)) {
    const origPort = random.chance(0.6) ? 123 : random.ephemeralPort();
    const ends = {
      start,
      orig: host.address,
      origPort,
      resp: random.pick(servers),
      respPort: 123,
      label: BENIGN,
    };
    const respPackets = random.chance(answered) ? 1 : 0;
    flows.push(
      datagrams(ends, {
        service: '-',
        duration: random.between(0.002, 0.2),
        origPackets: 1,
        respPackets,
        origSize: 48,
        respSize: 48,
      }),
    );
  }
};

function ask(random: Random, host: Host, start: number, answered: number): SimulatedFlow {
  const origPackets = random.chance(0.5) ? 1 : 2;
  const respPackets = random.chance(answered) ? origPackets : 0;
  return datagrams(
    {
      start,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp: host.gateway,
      respPort: 53,
      label: BENIGN,
    },
    {
      service: 'dns',
      duration: respPackets > 0 ? random.scale(0.001, 0.3) : 5,
      origPackets: respPackets > 0 ? origPackets : 2,
      respPackets,
      origSize: random.whole(24, 60),
      respSize: random.whole(40, 300),
    },
  );
}

const names: Behaviour = (random, host, flows) => {
  const answered = random.chance(0.15) ? random.between(0, 0.5) : 0.98;
  for (const start of times(random, host, random.scale(10, 600), 0.9))
    flows.push(ask(random, host, start, answered));
};

/** A cloud that is asked again and again, as plugs, bulbs and thermostats do. */
const cloudPoll: Behaviour = (random, host, flows) => {
  const servers = Array.from({ length: random.whole(1, 3) }, () => random.publicAddress());
  const respPort = random.pick([443, 443, 443, 80, 8883, 8443, 8080, 50_443, 10_001]);
  const service = respPort === 80 ? 'http' : [443, 8443].includes(respPort) ? 'ssl' : '-';
  const sizes = { orig: random.scale(200, 4000), resp: random.scale(200, 20_000) };
  const regular = random.chance(0.5) ? random.between(0, 0.1) : random.between(0.2, 0.9);
  for (const start of times(random, host, random.scale(20, 1800), regular)) {
    const ends = {
      start,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp: random.pick(servers),
      respPort,
      label: BENIGN,
    };
    if (random.chance(0.02)) flows.push(unanswered(ends, random.whole(1, 3)));
    else {
      flows.push(
        established(ends, {
          service,
          duration: random.scale(0.05, 20),
          origBytes: Math.round(sizes.orig * random.between(0.9, 1.1)),
          respBytes: Math.round(sizes.resp * random.between(0.8, 1.2)),
          state: random.pick(['SF', 'SF', 'SF', 'RSTO', 'RSTR', 'S1']),
        }),
      );
    }
  }
};

/** One connection that stays, as speakers and hubs keep it. */
const longConnection: Behaviour = (random, host, flows) => {
  const resp = random.publicAddress();
  const respPort = random.pick([443, 8883, 1883, 5223, 5228]);
  for (const start of times(random, host, random.scale(900, 20_000), 0.8)) {
    flows.push(
      established(
        { start, orig: host.address, origPort: random.ephemeralPort(), resp, respPort, label: BENIGN },
        {
          service: respPort === 443 ? 'ssl' : '-',
          duration: random.scale(60, 10_000),
          origBytes: Math.round(random.scale(500, 200_000)),
          respBytes: Math.round(random.scale(500, 500_000)),
          state: random.pick(['SF', 'S1', 'RSTR', 'RSTO']),
        },
      ),
    );
  }
};

/** Pages: names, and connections to many hosts within seconds. */
const browsing: Behaviour = (random, host, flows) => {
  for (const page of times(random, host, random.scale(60, 1500), 0.9)) {
    const servers = random.whole(3, 25);
    for (let s = 0; s < servers; s++) {
      const start = page + random.between(0, 8);
      const resp = random.publicAddress();
      flows.push(ask(random, host, start - 0.05, 0.99));
      const connections = random.whole(1, 6);
      for (let c = 0; c < connections; c++) {
        const respPort = random.chance(0.85) ? 443 : 80;
        const ends = {
          start: start + c * 0.05,
          orig: host.address,
          origPort: random.ephemeralPort(),
          resp,
          respPort,
          label: BENIGN,
        };
        if (random.chance(0.01)) flows.push(unanswered(ends, random.whole(1, 3)));
        else if (respPort === 443 && random.chance(0.25)) {
          const packets = random.whole(5, 200);
          flows.push(
            datagrams(ends, {
              service: '-',
              duration: random.scale(0.2, 60),
              origPackets: packets,
              respPackets: packets * 3,
              origSize: 200,
              respSize: 1100,
            }),
          );
        } else {
          flows.push(
            established(ends, {
              service: respPort === 443 ? 'ssl' : 'http',
              duration: random.scale(0.05, 120),
              origBytes: Math.round(random.scale(300, 8000)),
              respBytes: Math.round(random.scale(300, 800_000)),
              state: random.pick(['SF', 'SF', 'RSTO', 'S1']),
            }),
          );
        }
      }
    }
  }
};

/** Announcements and searches in the network. */
const announcements: Behaviour = (random, host, flows) => {
  const [resp, respPort, service] = random.pick([
    ['224.0.0.251', 5353, 'dns'],
    ['239.255.255.250', 1900, '-'],
    ['255.255.255.255', 6667, '-'],
    ['255.255.255.255', 67, 'dhcp'],
  ] as const);
  for (const start of times(random, host, random.scale(15, 900), 0.5)) {
    flows.push(
      datagrams(
        {
          start,
          orig: host.address,
          origPort: respPort === 5353 ? 5353 : random.ephemeralPort(),
          resp,
          respPort,
          label: BENIGN,
        },
        {
          service,
          duration: random.between(0.5, 5),
          origPackets: random.whole(1, 6),
          respPackets: 0,
          origSize: random.whole(60, 400),
          respSize: 0,
        },
      ),
    );
  }
};

/** A cloud that is gone or a network without a way out: a device tries for a while. */
const offline: Behaviour = (random, host, flows) => {
  const size = random.pick(SYN_SIZES);
  const net = host.address.slice(0, host.address.lastIndexOf('.'));
  for (let episode = random.whole(1, 4); episode > 0; episode--) {
    const resp = random.chance(0.8) ? random.publicAddress() : `${net}.${random.whole(2, 254)}`;
    const respPort = random.pick([443, 443, 80, 8883, 5228, 8443, random.whole(1024, 60_000)]);
    const rejects = random.chance(0.3) ? 1 : 0;
    const growth = random.chance(0.5) ? random.between(1, 2) : 1;
    let start = random.between(host.from, host.to);
    let wait = random.between(0.5, 60);
    for (let tries = random.whole(1, 12); tries > 0; tries--) {
      const ends = {
        start,
        orig: host.address,
        origPort: random.ephemeralPort(),
        resp,
        respPort,
        label: BENIGN,
      };
      if (random.chance(rejects)) flows.push(rejected(ends, random.scale(0.001, 0.3), size));
      else if (random.chance(0.6)) flows.push(unanswered(ends, random.whole(1, 4), size));
      // What is tried again after the attempt was given up is a row of its own.
      else flows.push(unanswered(ends, 3, size), unanswered({ ...ends, start: start + 7.2 }, 1, size));
      wait *= growth;
      start += wait;
    }
  }
};

/** Cameras and backups: much goes out, and is meant to. */
const upload: Behaviour = (random, host, flows) => {
  const resp = random.chance(0.5) ? random.publicAddress() : host.gateway;
  const respPort = random.pick([443, 443, 554, 445, 8443, 22]);
  for (const start of times(random, host, random.scale(300, 6000), 0.8)) {
    flows.push(
      established(
        { start, orig: host.address, origPort: random.ephemeralPort(), resp, respPort, label: BENIGN },
        {
          service: respPort === 443 ? 'ssl' : respPort === 22 ? 'ssh' : '-',
          duration: random.scale(5, 900),
          origBytes: Math.round(random.scale(200_000, 60_000_000)),
          respBytes: Math.round(random.scale(2000, 300_000)),
          state: random.pick(['SF', 'S1', 'RSTO']),
        },
      ),
    );
  }
};

/** Pings and services inside of the network. */
const neighbours: Behaviour = (random, host, flows) => {
  const net = host.address.slice(0, host.address.lastIndexOf('.'));
  const peers = Array.from({ length: random.whole(1, 5) }, () => `${net}.${random.whole(2, 254)}`);
  for (const start of times(random, host, random.scale(30, 2000), 0.8)) {
    const resp = random.pick(peers);
    if (random.chance(0.4)) {
      const packets = random.whole(1, 5);
      flows.push(
        echo(
          { start, orig: host.address, resp, label: BENIGN },
          packets,
          random.chance(0.9) ? packets : 0,
          56,
        ),
      );
      continue;
    }
    const respPort = random.pick([445, 631, 80, 8008, 8009, 9100, 554, 6668, 49_152, 7000]);
    const ends = {
      start,
      orig: host.address,
      origPort: random.ephemeralPort(),
      resp,
      respPort,
      label: BENIGN,
    };
    if (random.chance(0.06)) flows.push(random.chance(0.5) ? rejected(ends, 0.002) : unanswered(ends, 2));
    else {
      flows.push(
        established(ends, {
          service: respPort === 80 ? 'http' : '-',
          duration: random.scale(0.01, 300),
          origBytes: Math.round(random.scale(50, 20_000)),
          respBytes: Math.round(random.scale(50, 200_000)),
        }),
      );
    }
  }
};

/** Games and calls: datagrams to many hosts, of which some do not answer. */
const peerToPeer: Behaviour = (random, host, flows) => {
  const session = random.between(host.from, host.to);
  const origPort = random.ephemeralPort();
  const peers = random.whole(5, 40);
  for (let p = 0; p < peers; p++) {
    const respPackets = random.chance(0.6) ? random.whole(2, 3000) : 0;
    flows.push(
      datagrams(
        {
          start: session + random.between(0, 300),
          orig: host.address,
          origPort,
          resp: random.publicAddress(),
          respPort: random.whole(1024, 65_535),
          label: BENIGN,
        },
        {
          service: '-',
          duration: random.scale(0.1, 600),
          origPackets: respPackets === 0 ? random.whole(1, 5) : respPackets,
          respPackets,
          origSize: random.whole(40, 900),
          respSize: random.whole(40, 900),
        },
      ),
    );
  }
};

export const BENIGN_BEHAVIOURS: readonly Behaviour[] = [
  clock,
  names,
  cloudPoll,
  longConnection,
  browsing,
  announcements,
  offline,
  offline,
  upload,
  neighbours,
  peerToPeer,
];
