/** The interfaces of an eBPF capture as time goes by: they go down, are renamed, vanish, come back as another. */
import { LanscopeError } from '../../../bytes/error.ts';
import type { CaptureInterface } from '../../source.ts';
import { openError } from '../open-error.ts';
import { type Attachment, type Direction, attach } from './attachment.ts';
import {
  closeFd,
  ERRNO,
  interfaceName,
  type LinkFacts,
  linkFacts,
  makePromiscuous,
  openPromiscuousSocket,
  openQuerySocket,
  SystemError,
} from './libc.ts';
import type { LoadedObject } from './object.ts';

/** LINKTYPE_ by the kernel's ARPHRD_. What is missing has headers that traffic control does not show as libpcap does. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  // ARPHRD_ETHER, ARPHRD_LOOPBACK: Ethernet; ARPHRD_PPP, ARPHRD_NONE (tun, WireGuard): bare IP.
  [1, 1],
  [772, 1],
  [512, 101],
  [65_534, 101],
]);

export interface LinkOptions {
  readonly snapLen: number;
  readonly onNotice: (text: string) => void;
  /** False takes the way of kernels before 6.6. */
  readonly mayLink: boolean;
}

/** One interface that was asked for. */
interface Link {
  /** As it was asked for. */
  readonly name: string;
  /** As it is called now. */
  alias: string;
  facts: LinkFacts | null;
  isUp: boolean;
  attachment: Attachment | null;
  /** Its number in `interfaces`. */
  id: number;
  /** Drops of interfaces of this name and link type that are gone. */
  dropsBefore: number;
  /** What was said last of an attempt to come back. */
  complaint: string;
}

/** Frames of an interface that is no longer captured on may still come. */
export const NO_ID = 0xffff;

export class Links {
  readonly interfaces: CaptureInterface[];
  readonly #links: Link[] = [];
  readonly #object: LoadedObject;
  readonly #options: LinkOptions;
  readonly #query = openQuerySocket();
  readonly #promiscuous: number;
  readonly #ids = new Map<number, number>();
  #lastIfindex = -1;
  #lastId = NO_ID;

  /** NO_SUCH_INTERFACE, NO_PERMISSION, COMPONENT_MISSING (a link type that only libpcap knows). */
  constructor(
    names: readonly string[],
    object: LoadedObject,
    interfaces: CaptureInterface[],
    options: LinkOptions,
  ) {
    this.#object = object;
    this.#options = options;
    this.interfaces = interfaces;
    try {
      this.#promiscuous = openPromiscuousSocket();
    } catch (error) {
      closeFd(this.#query);
      throw openError(names[0]!, (error as Error).message);
    }
    try {
      for (const name of names) {
        const link: Link = {
          name,
          alias: name,
          facts: null,
          isUp: false,
          attachment: null,
          id: NO_ID,
          dropsBefore: 0,
          complaint: '',
        };
        this.#links.push(link);
        this.#begin(link, requireInterface(this.#query, name));
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** How packets are tapped, for people. */
  get how(): Attachment['how'] | '' {
    return this.#links[0]?.attachment?.how ?? '';
  }

  /** The number of the capture interface that frames of an interface of the kernel belong to. */
  idOf(ifindex: number): number {
    if (ifindex !== this.#lastIfindex) {
      this.#lastIfindex = ifindex;
      this.#lastId = this.#ids.get(ifindex) ?? NO_ID;
    }
    return this.#lastId;
  }

  /** Looks what has become of the interfaces, and takes over the counts of drops. */
  check(): void {
    for (const link of this.#links) {
      if (link.attachment === null) this.#tryAgain(link);
      else this.#look(link, link.facts!);
    }
  }

  /** Nothing more comes from now on; what is on its way still does. */
  detach(): void {
    for (const link of this.#links) {
      this.#count(link);
      link.attachment?.detach();
      link.attachment = null;
    }
  }

  close(): void {
    this.detach();
    closeFd(this.#query);
    closeFd(this.#promiscuous);
  }

  #look(link: Link, before: LinkFacts): void {
    this.#count(link);
    const { onNotice } = this.#options;
    const name = interfaceName(before.ifindex);
    const facts = name === '' ? null : linkFacts(this.#query, name);
    if (facts === null || facts.ifindex !== before.ifindex) {
      this.#end(link, `${link.alias} is gone; capturing goes on when it is there again`);
    } else if (facts.hardwareType !== before.hardwareType) {
      this.#end(link, '');
      this.#tryAgain(link);
    } else {
      if (name !== link.alias) onNotice(`${link.alias} is now called ${name}; capturing on it goes on`);
      link.alias = name;
      if (facts.isUp !== link.isUp) {
        onNotice(
          facts.isUp
            ? `capturing on ${name} again`
            : `${name} went down; capturing goes on when it is up again`,
        );
      }
      link.isUp = facts.isUp;
    }
  }

  #end(link: Link, notice: string): void {
    if (link.id !== NO_ID) link.dropsBefore = Math.max(0, this.interfaces[link.id]!.drops);
    link.attachment?.detach();
    link.attachment = null;
    if (link.facts !== null) this.#object.forgetInterface(link.facts.ifindex);
    link.complaint = '';
    if (notice !== '') this.#options.onNotice(notice);
  }

  #tryAgain(link: Link): void {
    const facts = linkFacts(this.#query, link.name);
    if (facts === null || !facts.isUp) return;
    try {
      this.#begin(link, facts);
      link.alias = link.name;
      this.#options.onNotice(`capturing on ${link.name} again`);
    } catch (error) {
      const message = (error as Error).message;
      if (message !== link.complaint) this.#options.onNotice(`${message}; it is tried again`);
      link.complaint = message;
    }
  }

  #begin(link: Link, facts: LinkFacts): void {
    const linkType = LINK_TYPES.get(facts.hardwareType);
    if (linkType === undefined) {
      throw new LanscopeError(
        'COMPONENT_MISSING',
        `The eBPF backend does not know the link type of ${link.name} (ARPHRD ${facts.hardwareType})`,
        'Use --backend libpcap',
      );
    }
    const { snapLen, mayLink } = this.#options;
    const before = this.interfaces[link.id];
    if (before?.linkType !== linkType) {
      if (before !== undefined) {
        this.#options.onNotice(
          `${link.name} has another link type now (${linkType}, was ${before.linkType})`,
        );
      }
      link.id = this.interfaces.length;
      link.dropsBefore = 0;
      this.interfaces.push({ name: link.name, description: '', linkType, snapLen, timeDigits: 9, drops: 0 });
    }
    this.#ids.set(facts.ifindex, link.id);
    this.#lastIfindex = -1;
    const directions: Direction[] = facts.isLoopback ? ['ingress'] : ['ingress', 'egress'];
    try {
      this.#object.countInterface(facts.ifindex);
      makePromiscuous(this.#promiscuous, facts.ifindex);
      link.attachment = attach(
        this.#object.bpf,
        this.#object.programFd(linkType),
        facts.ifindex,
        directions,
        mayLink,
      );
    } catch (error) {
      throw attachError(link.name, error as Error);
    }
    link.facts = facts;
    link.isUp = facts.isUp;
  }

  #count(link: Link): void {
    if (link.facts === null || link.attachment === null) return;
    const drops = this.#object.drops(link.facts.ifindex);
    if (drops >= 0) this.interfaces[link.id]!.drops = link.dropsBefore + drops;
  }
}

/**
 * NO_SUCH_INTERFACE only when that is what it is: the other backend is not tried then. Anything else (a kernel without
 * clsact, a folder that cannot be written) is what this backend lacks.
 */
export function attachError(name: string, error: Error): LanscopeError {
  const known = openError(name, error.message);
  const isGone = error instanceof SystemError && error.errno === ERRNO.ENODEV;
  if (isGone || known.code === 'NO_PERMISSION') return known;
  return new LanscopeError(
    'COMPONENT_MISSING',
    `The eBPF backend cannot tap ${name} (${error.message})`,
    'Use --backend libpcap',
    { cause: error },
  );
}

/** NO_SUCH_INTERFACE when it is not there or down. */
export function requireInterface(query: number, name: string): LinkFacts {
  const facts = linkFacts(query, name);
  if (facts === null) throw openError(name, 'No such device exists');
  if (!facts.isUp) throw openError(name, 'is down');
  return facts;
}
