/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the programs use of the kernel's BPF interface (uapi/linux/bpf.h), stated here so that the object depends on
 * no header of the machine that builds it. All of it is stable ABI: contexts as programs see them, numbers of helpers,
 * types of maps. No structure of the kernel's inside is used, so nothing has to be relocated.
 */
#ifndef LANSCOPE_KERNEL_H
#define LANSCOPE_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;

#define SECTION(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))

/* Definitions of maps as libbpf reads them from BTF. */
#define MAP_UINT(name, value) int(*name)[value]
#define MAP_TYPE(name, type) type *name

#define MAP_INNER(name, type) type *name[]

enum {
  MAP_HASH = 1,
  MAP_ARRAY = 2,
  MAP_PERF_EVENT_ARRAY = 4,
  MAP_PERCPU_HASH = 5,
  MAP_LRU_HASH = 9,
  MAP_ARRAY_OF_MAPS = 12,
  MAP_RINGBUF = 27
};

/* Context of traffic control programs. Only its first fields, in their places; those that are not used keep them. */
struct __sk_buff {
  u32 len;
  u32 pkt_type;
  u32 mark;
  u32 queue_mapping;
  u32 protocol; /* big-endian */
  u32 vlan_present;
  u32 vlan_tci;
  u32 vlan_proto; /* big-endian */
  u32 priority;
  u32 ingress_ifindex;
  u32 ifindex;
};

enum { TC_ACT_UNSPEC = -1 };
enum { CURRENT_CPU = 0xffffffff };
/* Nobody sleeps on the buffer: it is polled. */
enum { RINGBUF_NO_WAKEUP = 1 };

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;
static long (*const map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*const map_delete)(void *map, const void *key) = (void *)3;
/* Nanoseconds of CLOCK_MONOTONIC. */
static u64 (*const monotonic_ns)(void) = (void *)5;
static long (*const perf_output)(void *ctx, void *map, u64 flags, void *data, u64 size) = (void *)25;
static long (*const skb_load)(const void *skb, u32 offset, void *to, u32 length) = (void *)26;
static void *(*const ringbuf_reserve)(void *map, u64 size, u64 flags) = (void *)131;
static void (*const ringbuf_submit)(void *record, u64 flags) = (void *)132;
static void (*const ringbuf_discard)(void *record, u64 flags) = (void *)133;

/* Makes the compiler forget what it knows of a value, so that the check that follows stays where the verifier sees it. */
#define FORGET(value) asm volatile("" : "+r"(value))

#endif
