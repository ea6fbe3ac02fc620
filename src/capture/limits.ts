/** The bounds of reading: what a reader holds, and what it believes. */

/** Bytes per read unless a source is told otherwise: large enough to be rare, small enough to stay in the cache. */
export const DEFAULT_CHUNK_BYTES = 256 * 1024;

/** Bytes per read of a file that is smaller. */
export const MIN_CHUNK_BYTES = 64 * 1024;

/** Room kept before a new chunk for the record that the last one ended in. */
export const CARRY_BYTES = 64 * 1024;

/** Longest record or block that is believed. No writer makes longer ones; a length beyond it is damage. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Longest frame that is believed for a link type of its own kind: libpcap's MAXIMUM_SNAPLEN. */
export const MAX_FRAME_BYTES = 262_144;

/** Bytes that are read between two turns of the event loop, so that timers and signals are served. */
export const BYTES_PER_TURN = 1024 * 1024;

/** Interfaces of one pcapng file that are described; packets of later ones have no link type. */
export const MAX_INTERFACES = 4096;

/** Comments that are kept of one capture, and bytes of each. */
export const MAX_COMMENTS = 64;
export const MAX_COMMENT_BYTES = 1024;

/** Addresses with names that are kept of one capture (pcapng NRB), and names of each. */
export const MAX_RESOLVED_ADDRESSES = 16_384;
export const MAX_NAMES_PER_ADDRESS = 16;

/** USB, D-Bus and EBHSCR captures hold frames far longer than a network's. */
const LONG_FRAME_LINK_TYPES: ReadonlySet<number> = new Set([186, 189, 220, 231, 249, 279]);

/** Longest frame that is believed for a link type, in bytes. */
export function maxFrameBytes(linkType: number): number {
  return LONG_FRAME_LINK_TYPES.has(linkType) ? MAX_RECORD_BYTES - 1024 : MAX_FRAME_BYTES;
}
