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
  /** Client → key of it and the domain in maps: one text each, which a map finds without reading it. */
  readonly keys: Map<number, string>;
}

export class QueryNames {
  private readonly known = new Map<string, QueryName>();
  /** By domain: its names share their keys. */
  private readonly keys = new Map<string, Map<number, string>>();
  private held = 0;

  of(asked: string): QueryName {
    let name = this.known.get(asked);
    if (name === undefined) {
      this.makeRoom();
      this.known.set(asked, (name = this.takeApart(asked)));
    }
    return name;
  }

  /** Key of a client and the domain of a name. */
  keyOf(client: number, { domain, keys }: QueryName): string {
    let key = keys.get(client);
    if (key === undefined) {
      this.makeRoom();
      keys.set(client, (key = `${client} ${domain}`));
    }
    return key;
  }

  private makeRoom(): void {
    if (++this.held <= MAX_HELD) return;
    this.known.clear();
    this.keys.clear();
    this.held = 1;
  }

  private takeApart(asked: string): QueryName {
    const name = asked.toLowerCase();
    const registered = registrableDomain(name);
    const isBelow = registered !== '' && !registered.endsWith('.arpa') && name.length > registered.length + 1;
    const domain = isBelow ? registered : '';
    let keys = this.keys.get(domain);
    if (keys === undefined) this.keys.set(domain, (keys = new Map<number, string>()));
    return {
      name,
      domain,
      below: isBelow ? name.slice(0, -domain.length - 1).replaceAll('.', '') : '',
      hash: hashText(name),
      keys,
    };
  }
}
