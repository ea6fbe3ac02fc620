/**
 * Names that are asked for, taken apart once: clients ask for the same ones again and again. Everything is forgotten at
 * once when `MAX_HELD` names and keys are held; what is returned never depends on it.
 */
import { hashText } from './distinct.ts';
import { registrableDomain } from './domain-name.ts';

/** Names, and keys of clients and domains, together. */
const MAX_HELD = 16_384;

export interface QueryName {
  /** In lower case. */
  readonly name: string;
  /** The registered part; '' when there is nothing below it, and for reverse look-ups. */
  readonly domain: string;
  /** Characters below the domain, without dots. */
  readonly below: string;
  readonly hash: number;
}

export class QueryNames {
  private readonly known = new Map<string, QueryName>();
  /** Domain → client → key of the two in maps: one text each, which a map finds without reading it. */
  private readonly keys = new Map<string, Map<number, string>>();
  private held = 0;

  of(asked: string): QueryName {
    let name = this.known.get(asked);
    if (name === undefined) {
      this.makeRoom();
      this.known.set(asked, (name = takeApart(asked)));
    }
    return name;
  }

  /** Key of a client and a domain. */
  keyOf(client: number, domain: string): string {
    let key = this.keys.get(domain)?.get(client);
    if (key === undefined) {
      this.makeRoom();
      let ofDomain = this.keys.get(domain);
      if (ofDomain === undefined) this.keys.set(domain, (ofDomain = new Map<number, string>()));
      ofDomain.set(client, (key = `${client} ${domain}`));
    }
    return key;
  }

  private makeRoom(): void {
    if (++this.held <= MAX_HELD) return;
    this.known.clear();
    this.keys.clear();
    this.held = 1;
  }
}

function takeApart(asked: string): QueryName {
  const name = asked.toLowerCase();
  const domain = registrableDomain(name);
  const isBelow = domain !== '' && !domain.endsWith('.arpa') && name.length > domain.length + 1;
  return {
    name,
    domain: isBelow ? domain : '',
    below: isBelow ? name.slice(0, -domain.length - 1).replaceAll('.', '') : '',
    hash: hashText(name),
  };
}
