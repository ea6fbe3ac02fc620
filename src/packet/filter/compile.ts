/**
 * Filters in the language of tcpdump, compiled once to a function over decoded columns. What differs from libpcap, on
 * purpose: tests look at the innermost headers, so VLAN tags and tunnels need not be named; `tcp[…]` and its like work for
 * IPv6 too, and IPv6 extension headers are looked through; a relation with bytes that were not captured is false rather
 * than the end of the whole filter; names of hosts are not looked up.
 */
import { FilterParser } from './parse.ts';
import type { PacketPredicate } from './predicate.ts';

/**
 * Compiles a pcap filter expression; the empty one accepts all packets. Throws `LanscopeError` FILTER_INVALID with the
 * column and a caret below it when the expression is wrong.
 */
export function compileFilter(text: string): PacketPredicate {
  return new FilterParser(text).parse();
}

export type { PacketPredicate } from './predicate.ts';
