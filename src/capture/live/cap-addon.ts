/**
 * The native package `cap` (libpcap), an optional dependency, and what has to be known to use it without harm
 * (version 0.2.1):
 * - it keeps a raw pointer to the buffer given to `open`, which must stay referenced;
 * - a closed `Cap` leaves its handle in the event loop's list, so the object must never be collected;
 * - it aborts the process when an interface goes down, and does not return to the event loop while packets come
 *   faster than they are taken: so it runs in a process of its own (`libpcap-process.ts`);
 * - it gives neither timestamps nor drop counts.
 */
import { createRequire } from 'node:module';
import { LanscopeError } from '../../bytes/error.ts';

export interface Cap {
  /** Gives the name of the link type. Throws an Error with libpcap's text. */
  open(device: string, filter: string, kernelBufferBytes: number, frame: Buffer): string;
  on(event: 'packet', listener: (capLen: number, truncated: boolean) => void): void;
  close(): boolean;
}

export interface CapModule {
  readonly Cap: new () => Cap;
  deviceList(): CapDevice[];
}

export interface CapDevice {
  readonly name: string;
  readonly description?: string;
  readonly addresses: readonly { readonly addr?: string }[];
}

/** Bytes of a frame that `cap` captures; it sets libpcap's snaplen to this. */
export const CAP_SNAP_LEN = 65_535;

const LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ['NULL', 0],
  ['ETHERNET', 1],
  ['RAW', 101],
  ['LINKTYPE_LINUX_SLL', 113],
  ['IEEE802_11_RADIO', 127],
]);

/** LINKTYPE_ of what `open` gave; -1 when `cap` has no name for it. */
export function linkTypeOf(name: string): number {
  return LINK_TYPES.get(name) ?? -1;
}

/** COMPONENT_MISSING when the package was not installed, not built, or built for another Node or libpcap. */
export function loadCap(): CapModule {
  try {
    return createRequire(import.meta.url)('cap') as CapModule;
  } catch (cause) {
    throw new LanscopeError('COMPONENT_MISSING', `Live capture needs ${missingPart(cause)}`, REMEDY, {
      cause,
    });
  }
}

const REMEDY =
  'Install a C++ compiler, make, python3 and the headers of libpcap (Debian: apt-get install build-essential python3 libpcap-dev), then `npm install cap`, or `npm rebuild cap` where it is there';

function missingPart(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ERR_DLOPEN_FAILED') {
    const library = /^(\S+\.so[.\d]*): cannot open/.exec(message)?.[1];
    return library === undefined
      ? 'the package cap built for this version of Node'
      : `the library ${library}, which was not found`;
  }
  return message.includes('cap.node')
    ? 'the package cap, which is installed but not built'
    : 'the optional package cap, which is not installed';
}
