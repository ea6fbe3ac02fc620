/**
 * Every threshold of every detector: its default, unit, range, and why it is what it is. Keys of the configuration
 * are `rule.name`.
 */
export interface Threshold {
  readonly default: number;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly reason: string;
}

function t(value: number, unit: string, min: number, max: number, reason: string): Threshold {
  return { default: value, unit, min, max, reason };
}

const EPISODE = t(600, 'seconds', 1, 86_400, 'a pause after which a person would speak of another incident');

export const THRESHOLDS = {
  'new-device': {
    learnSeconds: t(
      300,
      'seconds',
      0,
      864_000,
      'whoever speaks in the first minutes of a capture was there before it',
    ),
    floodDevices: t(100, 'devices', 10, 16_384, 'people do not bring a hundred devices within a minute'),
    floodSeconds: t(60, 'seconds', 1, 3600, 'see floodDevices'),
  },
  'new-peer': {
    episodeSeconds: t(
      86_400,
      'seconds',
      1,
      864_000,
      'whom a device met within a day is one thing to look at',
    ),
  },
  'new-domain': {
    fewDomains: t(20, 'domains', 1, 10_000, 'devices without a screen ask for fewer registered domains'),
    episodeSeconds: t(86_400, 'seconds', 1, 864_000, 'what a device asked for within a day is one thing'),
  },
  'port-scan': {
    ports: t(20, 'ports', 5, 65_535, 'clients fail at one or two ports of a host, scanners at hundreds'),
    windowSeconds: t(10, 'seconds', 1, 3600, 'a scan at normal speed tries 20 ports at once'),
    slowPorts: t(
      30,
      'ports',
      5,
      65_535,
      'without a time limit, so that slow scans are seen, more ports are needed',
    ),
    udpFactor: t(
      2,
      'times',
      1,
      100,
      'unanswered datagrams are ordinary (calls, games), so UDP needs more ports',
    ),
    episodeSeconds: EPISODE,
  },
  'host-scan': {
    hosts: t(20, 'hosts', 5, 65_535, 'failing at so many hosts on one port within the window is a search'),
    windowSeconds: t(60, 'seconds', 1, 3600, 'the slowest sweep of common tools'),
    slowHosts: t(60, 'hosts', 5, 1_000_000, 'without a time limit, so that slow sweeps are seen'),
    clientPortFactor: t(
      5,
      'times',
      1,
      100,
      'clients that are cut off fail at many hosts on ports of the web',
    ),
    anyPortHosts: t(
      200,
      'hosts',
      20,
      1_000_000,
      'failing at so many hosts, each at another port, within the window; file sharing stays below',
    ),
    arpHosts: t(64, 'hosts', 16, 65_535, 'a quarter of a /24 asked for within the window'),
    episodeSeconds: EPISODE,
  },
  'connection-storm': {
    attempts: t(
      30,
      'attempts',
      5,
      1_000_000,
      'a client that cannot reach its server backs off; malware does not',
    ),
    windowSeconds: t(3600, 'seconds', 10, 86_400, 'with back-off a client makes fewer attempts in an hour'),
    highAttempts: t(200, 'attempts', 5, 1_000_000, 'hours of attempts without one success'),
    episodeSeconds: t(
      7200,
      'seconds',
      1,
      86_400,
      'command and control is retried for as long as the device runs',
    ),
  },
  'volume-spike': {
    factor: t(5, 'times', 1.5, 1000, 'of the own moving average'),
    alpha: t(0.3, 'weight', 0.01, 1, 'weight of the newest interval in the moving average'),
    floorBytes: t(1_000_000, 'bytes', 1000, 1e12, 'below this an interval is never a spike'),
    intervalSeconds: t(60, 'seconds', 1, 3600, 'long enough to smooth single downloads of a page'),
    warmupIntervals: t(5, 'intervals', 1, 1000, 'an average of fewer intervals says nothing'),
  },
  'traffic-burst': {
    packetsPerSecond: t(120, 'packets/s', 10, 1e7, 'more than an idle device ever sends'),
    factor: t(10, 'times', 1, 1e6, 'of the own moving average, so that a stream is not a burst every second'),
    warmupSeconds: t(60, 'seconds', 0, 86_400, 'an average of a shorter time says nothing'),
    episodeSeconds: EPISODE,
  },
  'arp-spoof': {
    unsolicited: t(3, 'replies', 1, 1000, 'one unasked reply happens at failover; poisoning has to repeat'),
    requestSeconds: t(5, 'seconds', 1, 60, 'a reply within this time of a request was asked for'),
    episodeSeconds: EPISODE,
  },
  'nd-spoof': {
    unsolicited: t(3, 'messages', 1, 1000, 'one comes with a failover; poisoning has to repeat'),
    requestSeconds: t(5, 'seconds', 1, 60, 'an answer within this time of a question was asked for'),
    episodeSeconds: EPISODE,
  },
  'ip-conflict': {
    changes: t(3, 'changes', 1, 1000, 'an address that moves once was handed over'),
    windowSeconds: t(
      600,
      'seconds',
      1,
      86_400,
      'two users of one address speak within minutes of each other',
    ),
  },
  'mac-clone': {
    changes: t(
      3,
      'changes',
      1,
      1000,
      'two systems behind one MAC take turns; one that was reinstalled changes once',
    ),
    windowSeconds: t(600, 'seconds', 1, 86_400, 'both systems are there at the same time'),
  },
  'rogue-dhcp': {
    answerSeconds: t(10, 'seconds', 1, 300, 'servers that answer one request within this time share a link'),
  },
  'syn-flood': {
    packetsPerSecond: t(200, 'SYN/s', 10, 1e7, 'unanswered connection attempts at one target'),
    seconds: t(3, 'seconds', 1, 3600, 'shorter bursts are page loads and scans'),
    episodeSeconds: EPISODE,
  },
  'udp-flood': {
    packetsPerSecond: t(
      400,
      'packets/s',
      10,
      1e7,
      'from many ports to one target that does not answer; calls and games are answered',
    ),
    streamPacketsPerSecond: t(1000, 'packets/s', 10, 1e7, 'the same from few ports, as media are sent'),
    seconds: t(3, 'seconds', 1, 3600, 'a burst is not a flood'),
    episodeSeconds: EPISODE,
  },
  'icmp-flood': {
    packetsPerSecond: t(100, 'packets/s', 10, 1e7, 'diagnostics send one to ten a second'),
    seconds: t(3, 'seconds', 1, 3600, 'a burst is not a flood'),
    episodeSeconds: EPISODE,
  },
  'brute-force': {
    logins: t(10, 'connections', 3, 100_000, 'people give up, or wait, after three to five'),
    windowSeconds: t(60, 'seconds', 1, 3600, 'slower than tools, faster than people'),
    maxBytes: t(20_000, 'bytes', 500, 1e7, 'a session in which work was done is longer than a failed login'),
    episodeSeconds: EPISODE,
  },
  'cleartext-login': {
    episodeSeconds: t(86_400, 'seconds', 1, 864_000, 'the same login every hour is one thing to mend'),
  },
  'weak-tls': {
    episodeSeconds: t(86_400, 'seconds', 1, 864_000, 'the same device every hour is one thing to mend'),
  },
  beaconing: {
    connections: t(12, 'connections', 5, 10_000, 'fewer intervals are regular by chance'),
    jitter: t(
      0.22,
      'of the interval',
      0.01,
      1,
      'median deviation from the median interval: an implant that varies by a quarter has 0.13, chance has 0.7',
    ),
    minIntervalSeconds: t(5, 'seconds', 1, 3600, 'faster ones are part of one exchange'),
    maxIntervalSeconds: t(7200, 'seconds', 10, 86_400, 'slower ones are not seen often enough'),
  },
  heartbeat: {
    minSeconds: t(1200, 'seconds', 60, 864_000, 'sessions of people that say so little are shorter'),
    minPackets: t(12, 'packets', 4, 100_000, 'each way: fewer show no pattern'),
    minIntervalSeconds: t(
      2,
      'seconds',
      0.1,
      3600,
      'mean time between packets; what is faster does something',
    ),
    maxMeanBytes: t(160, 'bytes', 40, 1500, 'mean IP length each way: a status, not a transfer'),
    episodeSeconds: t(86_400, 'seconds', 1, 864_000, 'a connection that is made again goes on'),
  },
  'dns-tunnel': {
    uniqueNames: t(50, 'names', 10, 100_000, 'different names below one domain within the window'),
    windowSeconds: t(600, 'seconds', 10, 86_400, 'a tunnel that carries anything is faster'),
    meanLabelLength: t(
      24,
      'characters',
      8,
      250,
      'of the part below the domain: names for people are shorter',
    ),
    entropyBits: t(3.2, 'bits/character', 1, 6, 'of that part: encoded data is near 5, words are below 3'),
    episodeSeconds: EPISODE,
  },
  'icmp-tunnel': {
    packets: t(30, 'packets', 5, 100_000, 'echo requests of one flow with varying or large payloads'),
    meanBytes: t(128, 'bytes', 64, 65_535, 'mean IP length; ping sends 84 or 60'),
    episodeSeconds: EPISODE,
  },
  'dhcp-starvation': {
    clients: t(30, 'clients', 5, 100_000, 'different client addresses that ask within the window'),
    windowSeconds: t(60, 'seconds', 1, 3600, 'after a power cut a home asks with a dozen'),
    episodeSeconds: EPISODE,
  },
  'name-poisoning': {
    names: t(3, 'names', 2, 1000, 'a host answers for its own name; only a poisoner answers for several'),
    episodeSeconds: EPISODE,
  },
  amplification: {
    requests: t(50, 'datagrams', 5, 1e6, 'no client asks one service so often at that pace'),
    requestsPerSecond: t(5, 'datagrams/s', 0.1, 1e6, 'see requests'),
    factor: t(5, 'times', 1.5, 1000, 'answers to questions; ordinary DNS is near 2'),
  },
  dga: {
    domains: t(20, 'domains', 5, 10_000, 'registered domains that do not exist; people mistype one or two'),
    windowSeconds: t(600, 'seconds', 10, 86_400, 'malware tries one after the other'),
    episodeSeconds: EPISODE,
  },
  'port-mapping': { episodeSeconds: t(86_400, 'seconds', 1, 864_000, 'mappings are renewed all day') },
  exfiltration: {
    bytes: t(50_000_000, 'bytes', 100_000, 1e13, 'sent to one address elsewhere'),
    ratio: t(10, 'times', 1, 1000, 'of what came back: uploads, not video calls'),
    factor: t(5, 'times', 1, 1000, 'of what the device sent to all others in the capture'),
    historyBytes: t(5_000_000, 'bytes', 10_000, 1e13, 'as bytes, where a baseline says what is usual'),
    historyFactor: t(10, 'times', 1, 10_000, 'of what the device sent in the same time in the baseline'),
  },
} as const satisfies Record<string, Record<string, Threshold>>;

export type Rule = keyof typeof THRESHOLDS;
/** Values of one rule's thresholds. */
export type RuleConfig<R extends Rule> = { readonly [K in keyof (typeof THRESHOLDS)[R]]: number };
/** Values of all thresholds. */
export type Thresholds = { readonly [R in Rule]: RuleConfig<R> };
