/**
 * Issues: what is wrong with a packet or a message, as numbers. They are counted per code, with the first
 * occurrence kept. Decoders never throw on packet content and never allocate to report an issue.
 */

export type IssueLayer =
  | 'capture'
  | 'link'
  | 'arp'
  | 'ipv4'
  | 'ipv6'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmp'
  | 'tunnel'
  | 'flow'
  | 'stream'
  | 'device'
  | 'detect'
  | 'time'
  | 'message';

interface IssueDefinition {
  readonly layer: IssueLayer;
  readonly code: string;
  /** One line for people. */
  readonly text: string;
}

/**
 * The one list of issue codes. The index is the numeric code and is internal to a run; reports carry layer and
 * code. Append freely; the order is not part of any format.
 */
const DEFINITIONS = [
  { layer: 'capture', code: 'unknown-link-type', text: 'frames of a link type that is not analyzed' },
  { layer: 'capture', code: 'unknown-interface', text: 'packet of an interface that was never described' },
  { layer: 'link', code: 'header-short', text: 'frame ends inside the link header' },
  { layer: 'link', code: 'vlan-depth', text: 'more VLAN tags than the stated bound' },
  { layer: 'link', code: 'unknown-ethertype', text: 'EtherType without a decoder' },
  { layer: 'link', code: 'length-mismatch', text: '802.3 length longer than the frame' },
  { layer: 'link', code: 'header-depth', text: 'more headers in one frame than the stated bound' },
  { layer: 'link', code: 'unsupported', text: 'link header variant without a decoder' },
  {
    layer: 'link',
    code: 'subframe-limit',
    text: 'more frames in one A-MSDU than the stated bound; the first were analyzed',
  },
  { layer: 'arp', code: 'header-short', text: 'ARP message ends early' },
  { layer: 'arp', code: 'unsupported', text: 'ARP for other hardware or protocol types' },
  { layer: 'ipv4', code: 'header-short', text: 'frame ends inside the IPv4 header' },
  { layer: 'ipv4', code: 'bad-version', text: 'version field is not 4' },
  { layer: 'ipv4', code: 'bad-header-length', text: 'header length below 20 bytes or beyond the packet' },
  { layer: 'ipv4', code: 'bad-total-length', text: 'total length below the header length' },
  { layer: 'ipv4', code: 'length-mismatch', text: 'total length longer than the frame' },
  { layer: 'ipv6', code: 'header-short', text: 'frame ends inside the IPv6 header or an extension header' },
  { layer: 'ipv6', code: 'bad-version', text: 'version field is not 6' },
  { layer: 'ipv6', code: 'extension-depth', text: 'more extension headers than the stated bound' },
  { layer: 'ipv6', code: 'bad-extension', text: 'extension header with an impossible length' },
  { layer: 'ipv6', code: 'length-mismatch', text: 'payload length longer than the frame' },
  { layer: 'tcp', code: 'header-short', text: 'packet ends inside the TCP header' },
  { layer: 'tcp', code: 'bad-offset', text: 'data offset below 20 bytes or beyond the segment' },
  { layer: 'udp', code: 'header-short', text: 'packet ends inside the UDP header' },
  { layer: 'udp', code: 'bad-length', text: 'UDP length below 8 or beyond the packet' },
  { layer: 'sctp', code: 'header-short', text: 'packet ends inside the SCTP header' },
  { layer: 'icmp', code: 'header-short', text: 'packet ends inside the ICMP, ICMPv6 or IGMP header' },
  { layer: 'tunnel', code: 'depth', text: 'more tunnel headers than the stated bound' },
  { layer: 'tunnel', code: 'header-short', text: 'packet ends inside a tunnel header' },
  { layer: 'tunnel', code: 'unsupported', text: 'tunnel header version or payload without a decoder' },
  { layer: 'flow', code: 'evicted', text: 'flows ended early because the flow table was full' },
  {
    layer: 'flow',
    code: 'counted-apart',
    text: 'packets counted in the kernel whose flow was not known any more; they are in totals and traffic alone',
  },
  {
    layer: 'stream',
    code: 'budget',
    text: 'stream prefixes dropped because the inspection budget was used up',
  },
  { layer: 'stream', code: 'fragment-overlap', text: 'IP fragments that overlap, the first bytes kept' },
  { layer: 'stream', code: 'fragment-limit', text: 'IP fragments dropped at the reassembly bound' },
  { layer: 'device', code: 'limit', text: 'devices beyond the stated bound, not tracked' },
  {
    layer: 'device',
    code: 'foreign-claim',
    text: 'message that speaks for another device than its sender; nothing was learned from it',
  },
  {
    layer: 'device',
    code: 'list-limit',
    text: 'names, addresses, peers or services beyond the bound per device',
  },
  { layer: 'detect', code: 'limit', text: 'detector state at its bound, oldest entries dropped' },
  { layer: 'time', code: 'backwards', text: 'packet earlier than the one before it' },
  {
    layer: 'time',
    code: 'stray',
    text: 'time more than an hour ahead of the packets around it, not followed',
  },
  { layer: 'message', code: 'arp-malformed', text: 'ARP message that contradicts itself' },
  { layer: 'message', code: 'dhcp-malformed', text: 'DHCP message with impossible lengths' },
  { layer: 'message', code: 'dns-malformed', text: 'DNS message with impossible lengths or name pointers' },
  { layer: 'message', code: 'ssdp-malformed', text: 'SSDP message without the form of one' },
  { layer: 'message', code: 'nd-malformed', text: 'neighbour discovery message with impossible options' },
  { layer: 'message', code: 'tls-malformed', text: 'TLS or DTLS handshake message with impossible lengths' },
  { layer: 'message', code: 'quic-malformed', text: 'QUIC Initial that is decrypted but not well-formed' },
  { layer: 'message', code: 'http-malformed', text: 'HTTP, RTSP or SIP head with lines that are not fields' },
  { layer: 'message', code: 'ssh-malformed', text: 'SSH key exchange message with impossible lengths' },
  { layer: 'message', code: 'mqtt-malformed', text: 'MQTT CONNECT with impossible lengths' },
  { layer: 'message', code: 'smb-malformed', text: 'SMB or NTLM message with impossible lengths' },
  { layer: 'message', code: 'modbus-malformed', text: 'Modbus message with impossible lengths' },
  { layer: 'message', code: 'bacnet-malformed', text: 'BACnet message with impossible lengths' },
  { layer: 'message', code: 'dhcpv6-malformed', text: 'DHCPv6 message with impossible lengths' },
  { layer: 'message', code: 'netbios-malformed', text: 'NetBIOS message with impossible names or lengths' },
  { layer: 'message', code: 'coap-malformed', text: 'CoAP message with impossible options' },
  { layer: 'message', code: 'snmp-malformed', text: 'SNMP message with impossible lengths' },
  { layer: 'message', code: 'lldp-malformed', text: 'LLDP message with impossible lengths' },
  { layer: 'message', code: 'cdp-malformed', text: 'CDP message with impossible lengths' },
  { layer: 'message', code: 'igmp-malformed', text: 'IGMP or MLD message with impossible lengths' },
  { layer: 'message', code: 'eapol-malformed', text: 'EAPOL frame with impossible lengths' },
  {
    layer: 'message',
    code: 'announcement-malformed',
    text: 'vendor discovery message with impossible lengths',
  },
  {
    layer: 'message',
    code: 'message-limit',
    text: 'message with more items than the stated bound; the first were kept',
  },
] as const satisfies readonly IssueDefinition[];

type Definition = (typeof DEFINITIONS)[number];
/** `layer/code` of an issue. */
export type IssueName = Definition extends infer D
  ? D extends Definition
    ? `${D['layer']}/${D['code']}`
    : never
  : never;
/** Numeric issue code: an index into the one list. */
export type IssueCode = number;

/** Numeric code by name, e.g. `ISSUE['ipv4/bad-version']`. */
export const ISSUE = Object.fromEntries(
  DEFINITIONS.map((d, index) => [`${d.layer}/${d.code}`, index]),
) as unknown as Readonly<Record<IssueName, IssueCode>>;

export const ISSUE_DEFINITIONS: readonly IssueDefinition[] = DEFINITIONS;

/** Counts per issue code and the place of the first occurrence. */
export class IssueCounter {
  readonly count = new Float64Array(DEFINITIONS.length);
  /** 1-based packet number of the first occurrence; 0 when it does not belong to a packet. */
  readonly firstPacket = new Float64Array(DEFINITIONS.length);
  /** Offset within the frame (or the file, for `capture` issues), bytes needed there, bytes available. */
  readonly firstOffset = new Float64Array(DEFINITIONS.length);
  readonly firstNeeded = new Float64Array(DEFINITIONS.length);
  readonly firstAvailable = new Float64Array(DEFINITIONS.length);

  add(code: IssueCode, packet: number, offset = 0, needed = 0, available = 0): void {
    if (this.count[code]!++ === 0) {
      this.firstPacket[code] = packet;
      this.firstOffset[code] = offset;
      this.firstNeeded[code] = needed;
      this.firstAvailable[code] = available;
    }
  }

  /** Adds what another one counted of the same capture; a first occurrence here stays, as no code is counted by both. */
  absorb(other: IssueCounts): void {
    for (let code = 0; code < this.count.length; code++) {
      if (other.count[code] === 0) continue;
      if (this.count[code] === 0) {
        this.firstPacket[code] = other.firstPacket[code]!;
        this.firstOffset[code] = other.firstOffset[code]!;
        this.firstNeeded[code] = other.firstNeeded[code]!;
        this.firstAvailable[code] = other.firstAvailable[code]!;
      }
      this.count[code]! += other.count[code]!;
    }
  }
}

/** The columns of an `IssueCounter`, as they come from another thread. */
export type IssueCounts = Pick<
  IssueCounter,
  'count' | 'firstPacket' | 'firstOffset' | 'firstNeeded' | 'firstAvailable'
>;
