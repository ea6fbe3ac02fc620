/**
 * The report, version 1: the one truth about its shape. The types are derived from it, and the JSON Schema beside
 * this file is generated from it (`scripts/build-schema.ts`). Every change of shape raises `SCHEMA_VERSION` and adds
 * an upgrader (see upgrade.ts).
 *
 * Conventions: times are RFC 3339 UTC with the capture's own precision; sizes are bytes; a text that is not known is
 * '', a list that has nothing is empty, and `null` stands only where a value cannot exist. Text that came from the
 * wire is as on the wire (bounded, control characters included): whoever shows it escapes it.
 *
 * Only this file and those that validate load typebox at run time; all others import types.
 */
import Type from 'typebox';
import { CATEGORIES } from '../fingerprint/evidence.ts';
import { SEVERITIES } from '../detect/finding.ts';
import { SCHEMA_VERSION } from './version.ts';

const closed = { additionalProperties: false } as const;

const count = (description: string) => Type.Integer({ minimum: 0, description });
const text = (description: string) => Type.String({ description });
const list = <T extends Type.TSchema>(items: T, description: string) => Type.Array(items, { description });
const sha256 = (description: string) => Type.String({ pattern: '^([0-9a-f]{64})?$', description });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const time = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$',
    description: `${description} RFC 3339, UTC.`,
  });
const maybe = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const Damage = Type.Object(
  {
    offset: count('Byte offset in the uncompressed capture at which it stops making sense.'),
    reason: text('What is wrong there, one sentence.'),
    bytesLost: count(
      'Bytes that could not be interpreted; what is left of a damaged archive counts as it is, compressed.',
    ),
    resynchronised: count('Places where reading went on after skipping; 0 when it stopped at the offset.'),
  },
  { ...closed, description: 'Where and how the capture is damaged.' },
);

const CaptureInterface = Type.Object(
  {
    name: text("Interface name that the capture states, '' when it states none."),
    description: text('Description that the capture states.'),
    linkType: count('LINKTYPE_ number, as registered by tcpdump.org.'),
    linkTypeName: text("Name of the link type, e.g. `ETHERNET`; '' when it has no registered name."),
    snapLen: count('Bytes kept of each packet at most; 0 for no limit.'),
    timeDigits: Type.Integer({ minimum: 0, maximum: 9, description: 'Fractional digits of its timestamps.' }),
    drops: maybe(count('Packets dropped while capturing, as the capture states; null when it does not say.')),
  },
  closed,
);

const Input = Type.Object(
  {
    name: text(
      'File name without its folder, `-` for standard input, or the interface name of a live capture.',
    ),
    format: text('`pcap`, `pcapng`, …; with compression as `pcap+gzip`.'),
    sha256: sha256("SHA-256 of the input as given, lower-case hex; '' when it was not computed."),
    bytes: count('Size of the input as given (compressed size for archives).'),
    packets: count('Packets read from it.'),
    interfaces: list(CaptureInterface, 'Capture interfaces, in the order of the capture.'),
    firstTime: maybe(time('Earliest packet.')),
    lastTime: maybe(time('Latest packet.')),
    comments: list(Type.String(), 'Section and file comments, bounded.'),
    hostNames: list(
      Type.Object(
        { address: text('IPv4 or IPv6 address.'), names: list(Type.String(), 'As the capture states them.') },
        closed,
      ),
      'Names of addresses that the capture itself states (name resolution blocks of pcapng), bounded.',
    ),
    otherBlocks: Type.Record(Type.String(), count('Blocks.'), {
      description: 'pcapng blocks that were recognised and passed over, e.g. `decryption secrets`.',
    }),
    damage: maybe(Damage),
  },
  closed,
);

const PacketsAndBytes = Type.Object(
  { packets: count('Packets.'), bytes: count('Bytes on the wire.') },
  closed,
);

const Totals = Type.Object(
  {
    packets: count('Packets analyzed, over all inputs.'),
    bytes: count('Bytes on the wire.'),
    firstTime: maybe(time('Earliest packet.')),
    lastTime: maybe(time('Latest packet.')),
    durationSeconds: Type.Number({ minimum: 0, description: 'Latest minus earliest packet, seconds.' }),
    flows: count('Bidirectional connections.'),
    devices: count('Devices seen, including those beyond the bound of the list.'),
    findings: Type.Object(
      Object.fromEntries(SEVERITIES.map((s) => [s, count(`Findings of severity ${s}.`)])) as Record<
        (typeof SEVERITIES)[number],
        Type.TInteger
      >,
      closed,
    ),
    protocols: Type.Record(Type.String(), PacketsAndBytes, {
      description:
        'Traffic per protocol. A packet counts for each of its layers, so the sum exceeds the total.',
    }),
  },
  closed,
);

const Score = Type.Object(
  {
    value: Type.Integer({
      minimum: 0,
      maximum: 100,
      description: '100: nothing to worry about; 0: act now.',
    }),
    reasons: list(
      Type.Object(
        {
          summary: text('One sentence.'),
          points: Type.Number({ minimum: 0, description: 'Points taken off for it.' }),
        },
        closed,
      ),
      'What was taken off, heaviest first.',
    ),
  },
  closed,
);

const Risk = Type.Object(
  {
    value: Type.Integer({
      minimum: 0,
      maximum: 100,
      description: '0: nothing known against it; 100: act now.',
    }),
    reasons: list(
      Type.Object(
        {
          summary: text('Rule and severity, or what it is the target of.'),
          points: Type.Number({ minimum: 0, description: 'Points of the value that it makes up.' }),
        },
        closed,
      ),
      'What makes it up, heaviest first.',
    ),
  },
  { ...closed, description: 'What the findings say about this device.' },
);

const Evidence = Type.Object(
  {
    source: text('Where it was seen: `oui`, `dhcp.hostName`, `mdns.txt.md`, `ssdp.server`, …'),
    value: text('What was seen, as on the wire.'),
    supports: Type.Object(
      {
        brand: Type.Optional(Type.String()),
        model: Type.Optional(Type.String()),
        category: Type.Optional(Type.Enum([...CATEGORIES])),
        os: Type.Optional(Type.String()),
      },
      { ...closed, description: 'What it says about the device.' },
    ),
    weight: share('Chance that it is right when it stands alone.'),
  },
  closed,
);

const Identity = Type.Object(
  {
    brand: text("Brand; '' when unknown."),
    model: text("Model; '' when unknown."),
    category: Type.Enum([...CATEGORIES], { description: 'Kind of device.' }),
    os: text("Operating system or firmware; '' when unknown."),
    confidence: share('Chance that brand and category, as given, are right; 0 when both are unknown.'),
    evidence: list(Evidence, 'Strongest first.'),
    notes: list(Type.String(), 'Why something stayed unknown, or what contradicts.'),
  },
  closed,
);

export const DeviceSchema = Type.Object(
  {
    id: text('MAC address, or `ip:<address>` where the link has no addresses.'),
    mac: maybe(
      Type.String({ pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$', description: 'Lower case, colons.' }),
    ),
    macKind: Type.Enum(['universal', 'local', 'none'], {
      description: '`local`: set by an administrator or randomised, so no vendor can be read from it.',
    }),
    vendor: text("Organisation that the IEEE registry names for the MAC address; '' when there is none."),
    addresses: list(
      Type.Object(
        {
          address: text('IPv4 dotted quad or IPv6 in RFC 5952 form.'),
          sources: list(Type.String(), 'How it is known: arp, dhcp, nd, mdns, traffic.'),
          firstSeen: time('First use.'),
          lastSeen: time('Last use.'),
        },
        closed,
      ),
      'Addresses of its own, IPv4 before IPv6.',
    ),
    names: list(
      Type.Object({ name: text('As on the wire.'), source: text('dhcp, mdns, ssdp, netbios, …') }, closed),
      'Names that it gives itself.',
    ),
    links: list(
      Type.Object(
        {
          device: text('Device id of the other.'),
          kind: Type.Enum(['changed-address', 'interfaces'], {
            description: '`changed-address`: one after the other; `interfaces`: side by side.',
          }),
          reason: text('What both share.'),
        },
        closed,
      ),
      'Other MAC addresses that are this device too, by id.',
    ),
    roles: list(Type.String(), 'Behaviour: gateway, dhcp-server, dns-server, ipv6-router.'),
    risk: Risk,
    scores: Type.Optional(
      Type.Object(
        {
          flows: count('Flows that it opened and that were scored.'),
          alarms: count('Those that reached the threshold of a class.'),
          class: text('Class of its most suspicious flow.'),
          score: share('Score of that flow.'),
        },
        { ...closed, description: 'What a model says of its flows; absent without a model.' },
      ),
    ),
    identity: Identity,
    fingerprints: Type.Record(Type.String(), Type.Array(Type.String()), {
      description: 'By kind (dhcp, tcp-syn, ja4, hassh, …).',
    }),
    services: list(
      Type.Object(
        {
          name: text('`_hap._tcp`, `upnp:rootdevice`, `ssh`, …'),
          port: Type.Integer({ minimum: 0, maximum: 65535, description: '0 when not stated.' }),
          transport: Type.Enum(['tcp', 'udp', ''], { description: "'' when not stated." }),
          source: text('mdns, ssdp, flow, …'),
        },
        closed,
      ),
      'Services that it offers.',
    ),
    domains: list(
      Type.Object({ name: text('Domain.'), count: count('Times.') }, closed),
      'Domains that it asked for, most often first.',
    ),
    peers: list(
      Type.Object(
        {
          peer: text('Device id of a local peer, or an address.'),
          name: text("Name of the peer as the device asked for it; '' when unknown."),
          flows: count('Connections.'),
          bytesOut: count('Bytes to the peer.'),
          bytesIn: count('Bytes from the peer.'),
          ports: list(Type.String(), '`tcp/443`, `udp/53`, … of the responder.'),
        },
        closed,
      ),
      'Whom it talked to, most bytes first.',
    ),
    traffic: Type.Object(
      {
        packetsOut: count('Packets sent.'),
        packetsIn: count('Packets received.'),
        bytesOut: count('Bytes sent, on the wire.'),
        bytesIn: count('Bytes received, on the wire.'),
      },
      closed,
    ),
    omitted: Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
      description: 'Entries left out at the bound of a list above, by the name of the list.',
    }),
    firstSeen: time('First packet.'),
    lastSeen: time('Last packet.'),
    firstPacket: count('Number of its first packet, 1-based.'),
  },
  closed,
);

export const FindingSchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[0-9a-f]{16}$',
      description: 'Hash of its content: stable from run to run.',
    }),
    rule: text('Rule id, e.g. `port-scan`.'),
    severity: Type.Enum([...SEVERITIES]),
    confidence: share('Chance that it is what it says.'),
    score: Type.Number({ minimum: 0, maximum: 100, description: 'How much it matters.' }),
    device: text("Device id of the actor; '' when it is not a device of this network."),
    peer: text("The other side; '' when there is none or are many."),
    firstTime: time('First event.'),
    lastTime: time('Last event.'),
    count: count('Events in it.'),
    summary: text('One sentence.'),
    evidence: Type.Record(
      Type.String(),
      Type.Union([Type.String(), Type.Number(), Type.Array(Type.String()), Type.Array(Type.Number())]),
      { description: 'What a person needs to check it.' },
    ),
    technique: text("MITRE ATT&CK technique id; '' where none fits."),
    packets: list(Type.Integer({ minimum: 1 }), 'First packet numbers, 1-based.'),
  },
  closed,
);

const Issue = Type.Object(
  {
    layer: text('Layer at which it was noticed.'),
    code: text('Code within the layer.'),
    text: text('One line for people.'),
    count: count('Occurrences.'),
    first: Type.Object(
      {
        packet: count('Packet number, 1-based; 0 when it does not belong to a packet.'),
        offset: count('Byte offset in the frame (in the file for layer capture).'),
        needed: count('Bytes that the header claims from there.'),
        available: count('Bytes that are there.'),
      },
      { ...closed, description: 'First occurrence.' },
    ),
  },
  closed,
);

const Model = Type.Object(
  {
    name: text('File name or built-in name.'),
    sha256: sha256('Of the model file.'),
    version: text('As the model states.'),
  },
  closed,
);

const DataSet = Type.Object(
  {
    name: text('`ieee-registry`, `facts`, …'),
    date: text('Date or version of the data, e.g. 2026-11-01.'),
    entries: count('Entries in it.'),
  },
  closed,
);

const Run = Type.Object(
  {
    version: text('Version of lanscope.'),
    startedAt: time('Start of the run.'),
    elapsedMs: Type.Number({ minimum: 0, description: 'Wall-clock time of the run, milliseconds.' }),
    runtime: text('Node.js version and platform.'),
  },
  { ...closed, description: 'Circumstances of the run: no part of digest, diff or golden comparison.' },
);

export const ReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(SCHEMA_VERSION),
    digest: sha256('SHA-256 of the RFC 8785 (JCS) form of this report without `digest` and `run`.'),
    complete: Type.Boolean({ description: 'False when reading was stopped before the end of the input.' }),
    settings: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Configuration values that differ from the defaults.',
    }),
    input: list(Input, 'Captures, in the order given.'),
    totals: Totals,
    score: Score,
    devices: list(DeviceSchema, 'By id.'),
    findings: list(FindingSchema, 'Most severe first.'),
    issues: list(Issue, 'What was wrong with packets and files, by layer and code.'),
    omitted: Type.Object(
      { devices: count('Devices beyond the bound of the list.'), findings: count('Findings beyond it.') },
      closed,
    ),
    models: list(Model, 'Models that scored flows.'),
    data: list(DataSet, 'Data sets that the results depend on.'),
    run: Run,
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:lanscope:report:${SCHEMA_VERSION}`,
    title: `lanscope report, version ${SCHEMA_VERSION}`,
    description:
      'What a network capture holds: devices, identities with evidence, findings. Same capture, settings and version: same bytes, apart from `run`.',
  },
);

export type Report = Type.Static<typeof ReportSchema>;
export type ReportInput = Report['input'][number];
export type ReportTotals = Report['totals'];
export type ReportScore = Report['score'];
export type ReportDevice = Report['devices'][number];
export type ReportFinding = Report['findings'][number];
export type ReportIssue = Report['issues'][number];
export type ReportModel = Report['models'][number];
export type ReportDataSet = Report['data'][number];
export type ReportRun = Report['run'];
