/**
 * What hashes of addresses and ports begin with. Attackers choose these, but not the nanosecond: keys that would lie in one
 * place are others in the next run. Only for tables of which no result depends on where a key lies.
 */
export const HASH_SEED = Number(BigInt.asIntN(32, process.hrtime.bigint() * 0x9e37_79b9_7f4a_7c15n));
