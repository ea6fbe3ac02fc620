/**
 * A fact: when a device shows this, it is (with this probability) that. Facts are data, one a line, in the TSV files of
 * `data/facts` and of any folder given with `--fingerprints`:
 *
 *   kind <tab> pattern <tab> supports <tab> weight <tab> provenance
 *
 *   mdns.txt      md=BSB002        brand=Philips; model=Hue Bridge v2; category=hub     0.99   product documentation
 *
 * `kind` says what the pattern is compared with (see `FACT_KINDS`). `pattern` is compared without regard to case and
 * has to match the whole value: `*` is any run of characters, `?` any one, `#` a digit, or it is a regular expression in slashes.
 * A `domain` pattern matches the domain and everything below it; a `model` pattern matches one word of a value. In
 * `supports`, `$0` stands for the matched text and `$1`… for what the first wildcard or group matched. `weight` is the
 * chance that the support is right when the fact stands alone. `#` at the start of a line begins a comment.
 */
import { LanscopeError } from '../bytes/error.ts';
import { CATEGORIES, type Support } from './evidence.ts';

/** What a pattern is compared with. */
export const FACT_KINDS = [
  /** Registered organisation of the MAC: brand of the device. */
  'oui',
  /** Same, for brands that also sell network adapters and boards that sit in computers of others. */
  'oui-adapter',
  /** Same, for makers of modules and chips and for contract manufacturers: says nothing about the brand. */
  'oui-module',
  /** Domain asked for: DNS, TLS server name, HTTP host. */
  'domain',
  /** Host name in DHCP, mDNS, LLMNR, NetBIOS, LLDP and the like. */
  'host',
  /** DHCP options: 60 and 124 as text, 55 as numbers joined by commas, 77. */
  'dhcp.vendorClass',
  'dhcp.parameters',
  'dhcp.userClass',
  /** DHCPv6: option numbers in order, `/`, requested options in order: `1,6,8/23,24`. */
  'dhcpv6.options',
  /** mDNS: service type without `.local`, instance name, TXT string as `key=value`. */
  'mdns.service',
  'mdns.instance',
  'mdns.txt',
  /** SSDP: SERVER field; NT, ST and USN target; any other header as `name: value`. */
  'ssdp.server',
  'ssdp.target',
  'ssdp.header',
  /** Maker and model as the device names them: UPnP description, mDNS, SNMP, WS-Discovery, LLDP. */
  'manufacturer',
  'upnp.model',
  /** HTTP: User-Agent, Server, WWW-Authenticate realm, `host/path` of a request, page title. */
  'http.userAgent',
  'http.server',
  'http.realm',
  'http.request',
  'http.title',
  /** Field names of a request in order and as written, joined by commas: `Host,User-Agent,Accept`. */
  'http.headers',
  'ssh.banner',
  /** Greeting of FTP, Telnet, SMTP, POP3, IMAP, VNC. */
  'banner',
  /** System description: SNMP sysDescr, LLDP, CDP, mDNS HINFO as `cpu/os`, comments of NetBIOS hosts. */
  'snmp.description',
  /** TCP SYN as `ttl:window:options:mss:scale`: see `tcp-syn.ts`. */
  'tcp.syn',
  /** JA3 as MD5; JA4 of TLS (`t…`), QUIC (`q…`) and DTLS (`d…`). */
  'tls.ja3',
  'tls.ja4',
  /** HASSH of an SSH client, of an SSH server. */
  'hassh',
  'hassh.server',
  /** Version in NTLM messages: `10.0.19041`. */
  'ntlm.version',
  /** Link attribute of a CoAP resource list: `rt=…`. */
  'coap.resource',
  /** Name of a file asked for by TFTP. */
  'tftp.file',
  /** Topic of an MQTT client's last will. */
  'mqtt.topic',
  /** One word of a name, model or description: a model-number grammar. */
  'model',
  /** Discovery protocol of a vendor: `protocol`, `protocol.type=…`, `protocol.model=…`, `protocol.key=…`. */
  'vendor',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

export interface Fact {
  readonly kind: FactKind;
  readonly pattern: string;
  readonly supports: Support;
  readonly weight: number;
  readonly provenance: string;
  /** `file:line`, for messages about the fact. */
  readonly origin: string;
}

const KINDS: ReadonlySet<string> = new Set(FACT_KINDS);
const CATEGORY_NAMES: ReadonlySet<string> = new Set(CATEGORIES);
const SUPPORT_FIELDS = new Set(['brand', 'model', 'category', 'os']);

/** Longest pattern and longest supported value, in characters. */
const MAX_PATTERN = 200;
const MAX_SUPPORT_VALUE = 60;

/** The facts of one file; throws `CONFIG_INVALID` with file and line at the first that is malformed. */
export function parseFacts(text: string, file: string): Fact[] {
  const facts: Fact[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    if (line === '' || line.charCodeAt(0) === 35 || line.trim() === '') continue;
    facts.push(parseFact(line, `${file}:${number}`));
  }
  return facts;
}

export function parseFact(line: string, origin: string): Fact {
  const [kind = '', pattern = '', supports = '', weight = '', provenance = '', ...rest] = line
    .trimEnd()
    .split('\t');
  if (provenance === '' || rest.length > 0) {
    throw invalid(
      origin,
      'a fact has five fields separated by tabs: kind, pattern, supports, weight, provenance',
    );
  }
  if (!KINDS.has(kind))
    throw invalid(origin, `unknown kind '${kind}'`, `Known kinds: ${FACT_KINDS.join(', ')}.`);
  if (pattern === '' || pattern.length > MAX_PATTERN)
    throw invalid(origin, `pattern must have 1 to ${MAX_PATTERN} characters`);
  if (pattern.startsWith('/')) {
    try {
      new RegExp(pattern.slice(1, pattern.lastIndexOf('/')), 'i');
    } catch {
      throw invalid(origin, `'${pattern}' is not a regular expression`);
    }
  }
  const chance = Number(weight);
  if (!(chance > 0 && chance < 1))
    throw invalid(origin, `weight '${weight}' is not a number between 0 and 1`);
  return {
    kind: kind as FactKind,
    pattern,
    supports: parseSupport(supports, kind, origin),
    weight: chance,
    provenance,
    origin,
  };
}

function parseSupport(text: string, kind: string, origin: string): Support {
  if (kind === 'oui-module' && text === '-') return {};
  const support: Record<string, string> = {};
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    const field = part.slice(0, Math.max(at, 0)).trim();
    const value = part.slice(at + 1).trim();
    if (!SUPPORT_FIELDS.has(field)) {
      throw invalid(
        origin,
        `'${part.trim()}' does not support brand, model, category or os`,
        'Write e.g. brand=Philips; category=hub.',
      );
    }
    if (value === '' || value.length > MAX_SUPPORT_VALUE) {
      throw invalid(origin, `${field} must have 1 to ${MAX_SUPPORT_VALUE} characters`);
    }
    if (field in support) throw invalid(origin, `${field} is given twice`);
    if (field === 'category' && (!CATEGORY_NAMES.has(value) || value === 'unknown')) {
      throw invalid(
        origin,
        `unknown category '${value}'`,
        `Known categories: ${CATEGORIES.slice(0, -1).join(', ')}.`,
      );
    }
    support[field] = value;
  }
  return support;
}

function invalid(origin: string, what: string, hint = ''): LanscopeError {
  return new LanscopeError('CONFIG_INVALID', `${origin}: ${what}`, hint);
}
