/**
 * Names that are asked for, taken apart once: clients ask for the same ones again and again. Everything is forgotten at
 * once when `MAX_KEYS` keys are held; what is returned never depends on it.
 */
import { hashText } from './distinct.ts';
import { registrableDomain } from './domain-name.ts';

/** Keys of clients and names together. */
const MAX_KEYS = 16_384;

export interface QueryName {
  /** In lower case. */
  readonly name: string;
  /** The registered part; '' when there is nothing below it, and for reverse look-ups. */
  readonly domain: string;
  /** Characters below the domain, without dots. */
  readonly below: string;
  readonly hash: number;
  /** By client: key of the client and the domain in maps. */
  readonly keys: Map<number, string>;
}

export class QueryNames {
  private readonly known = new Map<string, QueryName>();
  private keysHeld = 0;

  of(asked: string): QueryName {
    let name = this.known.get(asked);
    if (name === undefined) {
      this.makeRoom();
      this.known.set(asked, (name = takeApart(asked)));
    }
    return name;
  }

  /** Key of `client` and the domain of `name`. */
  keyOf(client: number, { domain, keys }: QueryName): string {
    let key = keys.get(client);
    if (key === undefined) {
      this.makeRoom();
      keys.set(client, (key = `${client} ${domain}`));
    }
    return key;
  }

  private makeRoom(): void {
    if (++this.keysHeld <= MAX_KEYS) return;
    this.known.clear();
    this.keysHeld = 1;
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
    keys: new Map(),
  };
}
