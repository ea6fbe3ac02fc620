// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Copies of frames to user space, from traffic control: what comes in and what goes out. Packets are never changed,
 * held or dropped: every program ends with TC_ACT_UNSPEC, which lets the next one decide.
 *
 * Two ways out, of which the loader takes one: `ring_*` through a ring buffer (kernel 5.8), `perf_*` through a perf
 * event array (before). Contexts and helpers are stable ABI; see kernel.h. `*_offload` count most packets of flows
 * instead of copying them; see offload.h.
 *
 * Time is CLOCK_MONOTONIC and becomes wall time in user space. A VLAN tag that the driver or the kernel has taken off
 * the frame is put back: here for the ring buffer, in user space for perf events.
 */
#include "kernel.h"

/* Set before loading. Bytes of a frame that are handed over at most. */
const volatile u32 snap_len = 65535;

#include "offload.h"

/* Before each frame. */
struct record {
  u64 monotonic_ns;
  u32 ifindex;
  u32 wire_len;
  u32 cap_len;
  /* Perf events only: the tag that the frame lacks, TPID << 16 | TCI, in host order; 0 for none. */
  u32 vlan_tag;
};

struct {
  MAP_UINT(type, MAP_RINGBUF);
  MAP_UINT(max_entries, 1 << 26);
} ring SECTION(".maps");

struct {
  MAP_UINT(type, MAP_PERF_EVENT_ARRAY);
  MAP_UINT(key_size, 4);
  MAP_UINT(value_size, 4);
} events SECTION(".maps");

/* By ifindex: frames that found no room. The loader adds the interfaces. */
struct {
  MAP_UINT(type, MAP_PERCPU_HASH);
  MAP_UINT(max_entries, 64);
  MAP_TYPE(key, u32);
  MAP_TYPE(value, u64);
} dropped SECTION(".maps");

enum { MAC_BYTES = 12, TAG_BYTES = 4, MAX_SNAP = 65535 };

INLINE void count_drop(u32 ifindex) {
  u64 *count = map_lookup(&dropped, &ifindex);
  if (count) ++*count;
}

INLINE u32 vlan_tag(struct __sk_buff *skb) {
  if (!skb->vlan_present) return 0;
  return (u32)__builtin_bswap16((u16)skb->vlan_proto) << 16 | (skb->vlan_tci & 0xffff);
}

INLINE void describe(struct record *record, struct __sk_buff *skb, u32 wire_len, u32 cap_len, u32 tag) {
  record->monotonic_ns = monotonic_ns();
  record->ifindex = skb->ifindex;
  record->wire_len = wire_len;
  record->cap_len = cap_len;
  record->vlan_tag = tag;
}

/* With `room` bytes for the frame, a constant: the verifier wants to know the size of a record before the program runs. */
INLINE void to_ring(struct __sk_buff *skb, u64 cap_len, u32 wire_len, u32 tag, const u32 room) {
  u8 *at = ringbuf_reserve(&ring, sizeof(struct record) + room, 0);
  if (!at) {
    count_drop(skb->ifindex);
    return;
  }
  u8 *frame = at + sizeof(struct record);
  long failed;
  describe((struct record *)at, skb, wire_len, cap_len, 0);
  if (tag) {
    u64 rest = cap_len - MAC_BYTES - TAG_BYTES;
    failed = skb_load(skb, 0, frame, MAC_BYTES);
    *(u16 *)(frame + 12) = __builtin_bswap16(tag >> 16);
    *(u16 *)(frame + 14) = __builtin_bswap16((u16)tag);
    FORGET(rest);
    if (rest > 0 && rest <= room - MAC_BYTES - TAG_BYTES)
      failed |= skb_load(skb, MAC_BYTES, frame + MAC_BYTES + TAG_BYTES, rest);
  } else {
    failed = skb_load(skb, 0, frame, cap_len);
  }
  if (failed) {
    ringbuf_discard(at, RINGBUF_NO_WAKEUP);
    count_drop(skb->ifindex);
  } else {
    ringbuf_submit(at, RINGBUF_NO_WAKEUP);
  }
}

/* If the frame fits into `room`, it goes into a record of that size, and this ends the program. */
#define TO_RING_IF_FITS(room)                           \
  FORGET(cap_len);                                      \
  if (cap_len > 0 && cap_len <= (room)) {               \
    to_ring(skb, cap_len, wire_len, tag, (room));       \
    return TC_ACT_UNSPEC;                               \
  }

/* So many bytes of a record are its own; with the kernel's 8 the whole is a round number. */
#define ROOM(record_bytes) ((record_bytes) - 8 - (u32)sizeof(struct record))

INLINE int ring_copy(struct __sk_buff *skb, u32 tag, u32 wire_len) {
  u64 cap_len = wire_len;
  if (cap_len > snap_len) cap_len = snap_len;
  TO_RING_IF_FITS(ROOM(96))
  TO_RING_IF_FITS(ROOM(128))
  TO_RING_IF_FITS(ROOM(192))
  TO_RING_IF_FITS(ROOM(256))
  TO_RING_IF_FITS(ROOM(384))
  TO_RING_IF_FITS(ROOM(512))
  TO_RING_IF_FITS(ROOM(768))
  TO_RING_IF_FITS(ROOM(1024))
  TO_RING_IF_FITS(ROOM(1280))
  TO_RING_IF_FITS(ROOM(1552))
  TO_RING_IF_FITS(ROOM(2048))
  TO_RING_IF_FITS(ROOM(4096))
  TO_RING_IF_FITS(ROOM(8192))
  TO_RING_IF_FITS(ROOM(16384))
  TO_RING_IF_FITS(ROOM(32768))
  TO_RING_IF_FITS(MAX_SNAP)
  count_drop(skb->ifindex);
  return TC_ACT_UNSPEC;
}

SECTION("tc")
int ring_tap(struct __sk_buff *skb) {
  u32 tag = vlan_tag(skb);
  return ring_copy(skb, tag, skb->len + (tag ? TAG_BYTES : 0));
}

SECTION("tc")
int ring_offload(struct __sk_buff *skb) {
  u32 tag = vlan_tag(skb);
  u32 wire_len = skb->len + (tag ? TAG_BYTES : 0);
  return is_counted(skb, wire_len) ? TC_ACT_UNSPEC : ring_copy(skb, tag, wire_len);
}

/* A perf event counts its bytes with 16 bits, headers and padding included. */
enum { MAX_PERF_SNAP = 65535 - 64 };

INLINE int perf_copy(struct __sk_buff *skb, u32 tag, u32 wire_len) {
  struct record record;
  u64 cap_len = skb->len;
  if (cap_len > snap_len) cap_len = snap_len;
  if (cap_len > MAX_PERF_SNAP) cap_len = MAX_PERF_SNAP;
  describe(&record, skb, wire_len, cap_len, tag);
  if (perf_output(skb, &events, cap_len << 32 | CURRENT_CPU, &record, sizeof(record))) count_drop(skb->ifindex);
  return TC_ACT_UNSPEC;
}

SECTION("tc")
int perf_tap(struct __sk_buff *skb) {
  u32 tag = vlan_tag(skb);
  return perf_copy(skb, tag, skb->len + (tag ? TAG_BYTES : 0));
}

SECTION("tc")
int perf_offload(struct __sk_buff *skb) {
  u32 tag = vlan_tag(skb);
  u32 wire_len = skb->len + (tag ? TAG_BYTES : 0);
  return is_counted(skb, wire_len) ? TC_ACT_UNSPEC : perf_copy(skb, tag, wire_len);
}

char licence[] SECTION("license") = "Dual MIT/GPL";
