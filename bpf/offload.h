/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Counting instead of copying: of a TCP or UDP flow, each direction by itself, the first packets are copied and the
 * others are counted. `is_counted` says which it was; whatever it cannot read to the end is copied.
 *
 * No count is lost. Counters are a plain hash, so nothing is evicted; a flow that finds no room in it is copied. There
 * are two of them: user space puts the empty one into `active`, and that system call returns only when no program
 * uses the other one any more (the kernel waits for running programs when a map inside a map is replaced, since 5.0).
 * Then it is read and emptied in peace.
 */
#ifndef LANSCOPE_OFFLOAD_H
#define LANSCOPE_OFFLOAD_H

#include "kernel.h"

/* Set before loading. Of each direction of a flow so many packets are copied, or so many bytes, whichever comes first. */
const volatile u32 copied_packets = 16;
const volatile u32 copied_bytes = 16384;

/* After so long a silence a flow begins anew: shorter than what any flow is remembered in user space. */
#define SILENCE_NS 30000000000ULL

/* Directions of flows at most; allocated when loaded: about 10 MiB for each map of counters, 17 MiB for beginnings. */
enum { COUNTED_FLOWS = 65536, BEGUN_FLOWS = 131072, PORTS = 65536 };

/* One direction of a flow on an interface. Addresses, ports: big-endian; IPv4 in mapped form. */
struct flow {
  u32 source[4];
  u32 destination[4];
  u8 macs[12]; /* destination, source */
  u16 source_port;
  u16 destination_port;
  u32 ifindex;
  u8 protocol;
  u8 flags; /* Of this packet; 0 in a key. */
  u8 version;
  u8 zero;
};

struct beginning {
  u64 last_ns;
  u32 packets;
  u32 bytes;
};

struct counter {
  u64 packets;
  u64 wire_bytes;
  u64 ip_bytes;
  u64 payload_bytes;
  u64 last_ns;
  /* Where the payload of the last packet ends, in sequence numbers. */
  u32 sequence_end;
  /* Of all packets. Two CPUs may undo each other's; the next packet says it again. */
  u32 tcp_flags;
};

/* Forgotten beginnings only mean that a flow is copied again. */
struct {
  MAP_UINT(type, MAP_LRU_HASH);
  MAP_UINT(max_entries, BEGUN_FLOWS);
  MAP_TYPE(key, struct flow);
  MAP_TYPE(value, struct beginning);
} beginnings SECTION(".maps");

/* By UDP port: 1 for those whose packets are all copied. */
struct {
  MAP_UINT(type, MAP_ARRAY);
  MAP_UINT(max_entries, PORTS);
  MAP_TYPE(key, u32);
  MAP_TYPE(value, u64);
} copied_ports SECTION(".maps");

struct counters {
  MAP_UINT(type, MAP_HASH);
  MAP_UINT(max_entries, COUNTED_FLOWS);
  MAP_TYPE(key, struct flow);
  MAP_TYPE(value, struct counter);
};

struct counters counters_a SECTION(".maps");
struct counters counters_b SECTION(".maps");

struct {
  MAP_UINT(type, MAP_ARRAY_OF_MAPS);
  MAP_UINT(max_entries, 1);
  MAP_TYPE(key, u32);
  MAP_INNER(values, struct counters);
} active SECTION(".maps") = {.values = {&counters_a}};

enum { ETHERNET_BYTES = 14, MAX_TAGS = 2, IPV4_BYTES = 20, IPV6_BYTES = 40, TCP_BYTES = 20, UDP_BYTES = 8 };
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, FIN_SYN_RST = 7, NO_EXIST = 1 };
enum { TYPE_VLAN = 0x8100, TYPE_QINQ = 0x88a8, TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd };

/* Lengths and sequence numbers of the packet at hand. */
struct extent {
  u32 ip_bytes;
  u32 payload_bytes;
  u32 sequence_end;
};

#define BE16(at) ((u32)(at)[0] << 8 | (at)[1])

/* Reads the headers of a TCP segment or UDP datagram that may be counted; 0 for anything else. */
INLINE int read_flow(struct __sk_buff *skb, struct flow *flow, struct extent *extent) {
  u8 header[IPV6_BYTES];
  u32 at = ETHERNET_BYTES;
  u32 rest, type;
  if (skb_load(skb, 0, header, ETHERNET_BYTES)) return 0;
  if (header[0] & 1) return 0;
  __builtin_memcpy(flow->macs, header, 12);
  type = BE16(header + 12);
#pragma unroll
  for (int tags = 0; tags < MAX_TAGS; tags++) {
    if (type != TYPE_VLAN && type != TYPE_QINQ) break;
    if (skb_load(skb, at, header, 4)) return 0;
    type = BE16(header + 2);
    at += 4;
  }
  if (type == TYPE_IPV4) {
    if (skb_load(skb, at, header, IPV4_BYTES)) return 0;
    u32 header_bytes = (header[0] & 15) * 4;
    extent->ip_bytes = BE16(header + 2);
    if (header[0] >> 4 != 4 || header_bytes < IPV4_BYTES || extent->ip_bytes < header_bytes) return 0;
    /* A fragment. */
    if (BE16(header + 6) & 0x3fff) return 0;
    flow->version = 4;
    flow->protocol = header[9];
    flow->source[2] = flow->destination[2] = __builtin_bswap32(0xffff);
    __builtin_memcpy(&flow->source[3], header + 12, 4);
    __builtin_memcpy(&flow->destination[3], header + 16, 4);
    if (extent->ip_bytes > skb->len - at) return 0;
    rest = extent->ip_bytes - header_bytes;
    at += header_bytes;
  } else if (type == TYPE_IPV6) {
    if (skb_load(skb, at, header, IPV6_BYTES)) return 0;
    if (header[0] >> 4 != 6) return 0;
    rest = BE16(header + 4);
    extent->ip_bytes = rest + IPV6_BYTES;
    flow->version = 6;
    flow->protocol = header[6];
    __builtin_memcpy(flow->source, header + 8, 16);
    __builtin_memcpy(flow->destination, header + 24, 16);
    if (extent->ip_bytes > skb->len - at) return 0;
    at += IPV6_BYTES;
  } else {
    return 0;
  }
  if (flow->protocol == PROTOCOL_TCP) {
    if (rest < TCP_BYTES || skb_load(skb, at, header, TCP_BYTES)) return 0;
    u32 header_bytes = (header[12] >> 4) * 4;
    if (header_bytes < TCP_BYTES || header_bytes > rest) return 0;
    flow->flags = header[13];
    extent->payload_bytes = rest - header_bytes;
    extent->sequence_end = (BE16(header + 4) << 16 | BE16(header + 6)) + extent->payload_bytes;
  } else if (flow->protocol == PROTOCOL_UDP) {
    if (rest < UDP_BYTES || skb_load(skb, at, header, UDP_BYTES)) return 0;
    u32 datagram = BE16(header + 4);
    if (datagram < UDP_BYTES || datagram > rest) return 0;
    extent->payload_bytes = datagram - UDP_BYTES;
  } else {
    return 0;
  }
  __builtin_memcpy(&flow->source_port, header, 2);
  __builtin_memcpy(&flow->destination_port, header + 2, 2);
  flow->ifindex = skb->ifindex;
  return 1;
}

INLINE int is_copied_port(u16 port) {
  u32 key = __builtin_bswap16(port);
  u64 *is_copied = map_lookup(&copied_ports, &key);
  return is_copied && *is_copied;
}

/* What opens or closes a connection: what follows it, in both directions, is a beginning again. */
INLINE void begin_again(struct flow *flow) {
  struct flow back = {};
  map_delete(&beginnings, flow);
  __builtin_memcpy(back.source, flow->destination, 16);
  __builtin_memcpy(back.destination, flow->source, 16);
  __builtin_memcpy(back.macs, flow->macs + 6, 6);
  __builtin_memcpy(back.macs + 6, flow->macs, 6);
  back.source_port = flow->destination_port;
  back.destination_port = flow->source_port;
  back.ifindex = flow->ifindex;
  back.protocol = flow->protocol;
  back.version = flow->version;
  map_delete(&beginnings, &back);
}

INLINE int is_beginning(struct flow *flow, u32 wire_len, u64 now) {
  struct beginning first = {.last_ns = now, .packets = 1, .bytes = wire_len};
  struct beginning *begun = map_lookup(&beginnings, flow);
  if (!begun || now - begun->last_ns > SILENCE_NS) {
    map_update(&beginnings, flow, &first, 0);
    return 1;
  }
  begun->last_ns = now;
  if (begun->packets >= copied_packets || begun->bytes >= copied_bytes) return 0;
  __sync_fetch_and_add(&begun->packets, 1);
  __sync_fetch_and_add(&begun->bytes, wire_len);
  return 1;
}

/* Whether the packet was counted and needs no copy. */
INLINE int is_counted(struct __sk_buff *skb, u32 wire_len) {
  struct flow flow = {};
  struct extent extent = {};
  u32 first = 0;
  if (!read_flow(skb, &flow, &extent)) return 0;
  u32 flags = flow.flags;
  flow.flags = 0;
  if (flow.protocol == PROTOCOL_UDP) {
    if (is_copied_port(flow.source_port) || is_copied_port(flow.destination_port)) return 0;
  } else if (flags & FIN_SYN_RST) {
    begin_again(&flow);
    return 0;
  }
  u64 now = monotonic_ns();
  if (is_beginning(&flow, wire_len, now)) return 0;
  void *counters = map_lookup(&active, &first);
  if (!counters) return 0;
  struct counter *counter = map_lookup(counters, &flow);
  if (!counter) {
    struct counter none = {};
    map_update(counters, &flow, &none, NO_EXIST);
    counter = map_lookup(counters, &flow);
    /* No room. */
    if (!counter) return 0;
  }
  __sync_fetch_and_add(&counter->packets, 1);
  __sync_fetch_and_add(&counter->wire_bytes, wire_len);
  __sync_fetch_and_add(&counter->ip_bytes, extent.ip_bytes);
  __sync_fetch_and_add(&counter->payload_bytes, extent.payload_bytes);
  counter->last_ns = now;
  counter->sequence_end = extent.sequence_end;
  if ((counter->tcp_flags & flags) != flags) counter->tcp_flags |= flags;
  return 1;
}

#endif
