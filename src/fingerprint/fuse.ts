/**
 * Evidence → identity.
 *
 * Every field is decided by itself. Sources that repeat each other (a host name in DHCP and in mDNS) form a family, and
 * a family speaks for a value once, with its strongest weight. Families are taken as independent: they fail to be right
 * with the product of their doubts. Rival values share what is left: with odds o = p / (1 - p), the chance of a value
 * is o / (1 + sum of all odds). So one witness keeps its weight, agreement raises it, contradiction lowers both.
 *
 * What falls below the threshold of its field stays unknown: a wrong answer costs more than no answer.
 */
import { isLocalMac, type Mac, NO_MAC } from '../bytes/address.ts';
import { by, compareNumber, compareText } from '../bytes/order.ts';
import { CATEGORIES, type Category, type Evidence, type Identity } from './evidence.ts';
import { builtInKnowledge, type Knowledge } from './knowledge.ts';
import { generalToNarrow } from './narrower.ts';
import { describeMac, lookupVendor } from './oui.ts';
import { stemOf, withoutMac } from './spelling.ts';

/** What the device room knows beside the evidence. */
export interface FusionContext {
  /** Different registrable domains that the device asked for; people and their browsers ask for many. */
  readonly domainCount?: number;
  /** It passes on packets or queries of others: a router, a DNS forwarder. */
  readonly forwards?: boolean;
  readonly knowledge?: Knowledge;
}

/** Least chance with which a field is given. */
const THRESHOLD = { brand: 0.6, model: 0.6, category: 0.6, os: 0.6 } as const;
type Field = keyof typeof THRESHOLD;

/** No sum of evidence is surer than this. */
const MAX_CHANCE = 0.99;
/**
 * What one family is believed at most when the MAC is registered for somebody else: one record is easily wrong, made up
 * or repeated for another.
 */
const MAX_ALONE_CHANCE = 0.9;
/** Evidence kept with an identity. */
const MAX_EVIDENCE = 64;
/**
 * Above this many domains, what a device asks for says more about its user than about itself. A television asks for as
 * many as a browser, but browsers do not ask for the services that only televisions call. The same holds for addresses
 * that are made up: phones have them, and devices of one purpose rarely.
 */
const BROWSING_DOMAINS = 25;
/** Weight of a domain that devices call and people do not visit. */
const DEVICE_SERVICE = 0.9;
/** Weight of a domain from which another maker's is a contradiction: below, it may be a partner's or a shop's. */
const RIVAL_SERVICE = 0.85;
/** Chance with which one maker among several stands out. */
const CLEAR_LEAD = 0.75;
/** How much of the weight of domains is left for a device with a person in front of it. */
const APP_TRAFFIC = 0.25;

const PERSONAL: ReadonlySet<Category> = new Set(['computer', 'phone', 'tablet', 'server']);

/** Fuses what was seen of a device. The MAC's registered organisation is evidence too and is added here. */
export function fuse(evidence: Iterable<Evidence>, mac: Mac, context: FusionContext = {}): Identity {
  const knowledge = context.knowledge ?? builtInKnowledge();
  const said = [...evidence];
  const notes: string[] = [];
  const personal = isPersonal(said);
  const speaksForOthers = personal || context.forwards === true || asksRivals(said);
  const mayBrowse = (context.domainCount ?? 0) > BROWSING_DOMAINS || (mac >= 0 && isLocalMac(mac));
  const trust = speaksForOthers ? Infinity : mayBrowse ? DEVICE_SERVICE : 0;
  const byMac = vendorEvidence(mac, knowledge, personal);
  const all = [...said, ...byMac.evidence].map((item) => discount(item, trust));

  const brand = decideNarrow(all, 'brand');
  const category = decideNarrow(all, 'category');
  const os = decideNarrow(all, 'os');
  // A model belongs to a brand: one that was said together with a rival brand falls with it.
  const model = decide(
    all.filter(
      (item) =>
        item.supports.brand === undefined ||
        brand.value === '' ||
        stemOf(item.supports.brand, mac) === stemOf(brand.value, mac),
    ),
    'model',
    mac,
  );

  if (byMac.note !== '') notes.push(byMac.note);
  for (const [name, field] of [
    ['brand', brand],
    ['category', category],
  ] as const) {
    if (field.rival !== '') {
      notes.push(
        field.value === ''
          ? `The ${name} stays unknown because ${field.best} and ${field.rival} contradict each other.`
          : `Some evidence says ${name} ${field.rival}, which lowers the confidence in ${field.value}.`,
      );
    } else if (field.value === '') {
      notes.push(
        field.best === ''
          ? `Nothing seen tells the ${name}.`
          : `The ${name} may be ${field.best}, but the evidence is too thin.`,
      );
    }
  }
  if (speaksForOthers && all.some((item, i) => i < said.length && item.weight < said[i]!.weight)) {
    notes.push(
      personal
        ? 'Domains count little here: on a computer or phone they tell which apps are used, not what it is.'
        : 'Domains count little here: they are those of rival makers, or asked for others, and tell of apps and of neighbours.',
    );
  }

  const given = [brand, category].filter((field) => field.value !== '');
  return {
    brand: brand.value,
    model: model.value,
    category: CATEGORIES.find((name) => name === category.value) ?? 'unknown',
    os: os.value,
    confidence: given.length === 0 ? 0 : round(Math.min(...given.map((field) => field.chance))),
    evidence: all.sort(byStrength).slice(0, MAX_EVIDENCE),
    notes,
  };
}

const byStrength = by<Evidence>(
  (a, b) => compareNumber(b.weight, a.weight),
  (a, b) => compareText(a.source, b.source),
  (a, b) => compareText(a.value, b.value),
  (a, b) => compareText(JSON.stringify(a.supports), JSON.stringify(b.supports)),
);

function round(chance: number): number {
  return Math.round(chance * 1000) / 1000;
}

/** Sources that say the same thing by different ways. */
export function familyOf(source: string): string {
  switch (source) {
    case 'dhcp.hostName':
    case 'dhcp.clientFqdn':
    case 'mdns.host':
    case 'llmnr.host':
    case 'netbios.name':
    case 'dhcpv6.clientFqdn':
    case 'ntlm.computerName':
    case 'syslog.hostName':
    case 'lldp.systemName':
    case 'snmp.name':
    case 'cdp.deviceId':
    case 'tls.commonName':
      return 'name';
    case 'dns.query':
    case 'tls.serverName':
    case 'quic.serverName':
    case 'http.host':
      return 'domain';
  }
  const dot = source.indexOf('.');
  return dot < 0 ? source : source.slice(0, dot);
}

/** Does something other than domains say that a person sits in front of this device? */
function isPersonal(evidence: readonly Evidence[]): boolean {
  const chance = decide(
    evidence.filter((item) => familyOf(item.source) !== 'domain'),
    'category',
  );
  return chance.chance >= THRESHOLD.category && PERSONAL.has(chance.value as Category);
}

/**
 * Does it call the device services of makers of which none stands out? A product calls those of its own maker. Who calls
 * several's has their apps, or passes on what others ask.
 */
function asksRivals(evidence: readonly Evidence[]): boolean {
  const makers = evidence.flatMap((item) => {
    const { brand } = item.supports;
    if (brand === undefined || item.weight < RIVAL_SERVICE || familyOf(item.source) !== 'domain') return [];
    return [{ ...item, supports: { brand: generalToNarrow('brand', brand)[0]! } }];
  });
  const maker = decide(makers, 'brand');
  return maker.rival !== '' && maker.chance < CLEAR_LEAD;
}

/** `trust`: the weight from which a domain is believed. */
function discount(evidence: Evidence, trust: number): Evidence {
  if (evidence.weight >= trust || familyOf(evidence.source) !== 'domain') return evidence;
  return { ...evidence, weight: round(evidence.weight * APP_TRAFFIC) };
}

interface Decision {
  /** '' when below the threshold. */
  readonly value: string;
  readonly chance: number;
  /** The likeliest value, given or not. */
  readonly best: string;
  /** The strongest contradiction, when it matters. */
  readonly rival: string;
}

/** What arithmetic may take from a single weight that equals its threshold. */
const ROUNDING = 1e-9;

/** A rival that takes at least this much of the chance is worth telling. */
const RIVAL_CHANCE = 0.05;

/** How one value was written: by the strongest evidence for it, and by text where two are equal. */
interface Spelled {
  text: string;
  weight: number;
  /** Family → strongest weight. */
  readonly families: Map<string, number>;
}

function decide(evidence: readonly Evidence[], field: Field, mac: Mac = NO_MAC): Decision {
  const values = new Map<string, Spelled>();
  let registered = '';
  for (const { source, supports, weight } of evidence) {
    const value = supports[field];
    if (value === undefined) continue;
    const stem = stemOf(value, mac);
    const text = withoutMac(value, mac);
    if (source === 'oui') registered = stem;
    let spelled = values.get(stem);
    if (spelled === undefined) values.set(stem, (spelled = { text, weight, families: new Map() }));
    else if (weight > spelled.weight || (weight === spelled.weight && compareText(text, spelled.text) < 0)) {
      spelled.text = text;
      spelled.weight = weight;
    }
    const family = familyOf(source);
    spelled.families.set(family, Math.max(spelled.families.get(family) ?? 0, weight));
  }
  const odds = [...values].map(([stem, { text, families }]) => {
    let doubt = 1;
    // In the order of names, because a product of doubles depends on it in the last digit.
    for (const [, weight] of [...families].sort((a, b) => compareText(a[0], b[0]))) doubt *= 1 - weight;
    const isAlone = registered !== '' && registered !== stem && families.size === 1;
    const chance = Math.min(1 - doubt, isAlone ? MAX_ALONE_CHANCE : MAX_CHANCE);
    return { stem, value: text, odds: chance / (1 - chance) };
  });
  odds.sort(
    by(
      (a, b) => compareNumber(b.odds, a.odds),
      (a, b) => compareText(a.value, b.value),
    ),
  );
  const best = odds[0];
  if (best === undefined) return { value: '', chance: 0, best: '', rival: '' };
  const total = odds.reduce((sum, { odds: value }) => sum + value, 1);
  const chance = best.odds / total;
  const rival =
    odds[1] !== undefined && odds[1].odds / total >= RIVAL_CHANCE
      ? odds[1].value
      : // Whom the address is registered for is always told.
        registered !== '' && registered !== best.stem
        ? values.get(registered)!.text
        : '';
  return { value: chance >= THRESHOLD[field] - ROUNDING ? best.value : '', chance, best: best.value, rival };
}

/** A narrow answer speaks for the general one too, and is given where it is sure enough by itself. */
function decideNarrow(evidence: readonly Evidence[], field: Field): Decision {
  let open = evidence.flatMap((item) => {
    const value = item.supports[field];
    return value === undefined ? [] : [{ item, path: generalToNarrow(field, value) }];
  });
  const at = (step: number): Decision =>
    decide(
      open.map(({ item, path }) => ({ ...item, supports: { [field]: path[step]! } })),
      field,
    );
  let decision = at(0);
  const { rival } = decision;
  for (let step = 1; decision.value !== ''; step++) {
    const { value } = decision;
    const said = open.filter(({ path }) => path[step - 1] === value);
    const isOwnWord = ({ item }: { item: Evidence }): boolean => familyOf(item.source) !== 'domain';
    // What a device asks for may be an app's wish: it does not narrow what the device's own stack shows.
    const stack = said.some((one) => one.path.length === step && isOwnWord(one) && one.item.source !== 'oui');
    open = said.filter((one) => one.path.length > step && (!stack || isOwnWord(one)));
    if (open.length === 0) break;
    const narrower = at(step);
    if (narrower.value === '') break;
    decision = { ...narrower, chance: Math.min(decision.chance, narrower.chance), rival };
  }
  return decision;
}

const INVENTED_BELOW = 0x100_0000;

/** What the registered organisation says. Boards in computers bear the brand of the board. */
function vendorEvidence(
  mac: Mac,
  knowledge: Knowledge,
  personal: boolean,
): { evidence: Evidence[]; note: string } {
  // Addresses made up by hand begin with zeros, which is a block of Xerox.
  const vendor = mac < INVENTED_BELOW ? '' : lookupVendor(mac);
  if (vendor === '') {
    const why = describeMac(mac);
    const randomised = mac >= 0 && isLocalMac(mac) && why === 'locally administered';
    return {
      evidence: [],
      note: randomised
        ? 'The MAC is locally administered (often randomised), so no vendor can be read from it.'
        : '',
    };
  }
  const evidence: Evidence[] = [];
  const add = (kind: 'oui' | 'oui-adapter'): void => {
    for (const { fact, supports } of knowledge.match(kind, vendor)) {
      evidence.push({ source: 'oui', value: vendor, supports, weight: fact.weight });
    }
  };
  add('oui');
  if (!personal) add('oui-adapter');
  if (evidence.length > 0) return { evidence, note: '' };
  const module = knowledge.match('oui-module', vendor).length > 0;
  return {
    evidence: [],
    note: module ? `The MAC belongs to ${vendor}, which makes modules for many brands.` : '',
  };
}
