/*
 * MurmurHash3 by Austin Appleby, public domain: the 32-bit variant for x86 and the 128-bit variant
 * for x64, both with seed 0.
 */

const rotl32 = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

export function murmur3x86(data: Buffer): number {
  let hash = 0
  const blocks = data.length - (data.length % 4)
  const mix = (k: number): number => Math.imul(rotl32(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593)
  for (let at = 0; at < blocks; at += 4) {
    hash = rotl32(hash ^ mix(data.readInt32LE(at)), 13)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let at = data.length - 1; at >= blocks; at--) tail = (tail << 8) | (data[at] ?? 0)
  if (blocks < data.length) hash ^= mix(tail)
  hash ^= data.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value)
const rotl64 = (value: bigint, by: bigint): bigint => u64((value << by) | (value >> (64n - by)))

const c1 = 0x87c37b91114253d5n
const c2 = 0x4cf5ad432745937fn
const mixFirst = (k: bigint): bigint => u64(rotl64(u64(k * c1), 31n) * c2)
const mixSecond = (k: bigint): bigint => u64(rotl64(u64(k * c2), 33n) * c1)

function finish(value: bigint): bigint {
  let k = value
  k = u64((k ^ (k >> 33n)) * 0xff51afd7ed558ccdn)
  k = u64((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n)
  return k ^ (k >> 33n)
}

/** 16 bytes: the first and the second half, each little-endian. */
export function murmur3x64(data: Buffer): Buffer {
  let first = 0n
  let second = 0n
  const blocks = data.length - (data.length % 16)
  for (let at = 0; at < blocks; at += 16) {
    first = rotl64(first ^ mixFirst(data.readBigUInt64LE(at)), 27n)
    first = u64(u64(first + second) * 5n + 0x52dce729n)
    second = rotl64(second ^ mixSecond(data.readBigUInt64LE(at + 8)), 31n)
    second = u64(u64(second + first) * 5n + 0x38495ab5n)
  }
  const tail = Buffer.alloc(16)
  data.copy(tail, 0, blocks)
  if (data.length - blocks > 8) second ^= mixSecond(tail.readBigUInt64LE(8))
  if (data.length > blocks) first ^= mixFirst(tail.readBigUInt64LE(0))

  first ^= BigInt(data.length)
  second ^= BigInt(data.length)
  first = u64(first + second)
  second = u64(second + first)
  first = finish(first)
  second = finish(second)
  first = u64(first + second)
  second = u64(second + first)
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(first)
  bytes.writeBigUInt64LE(second, 8)
  return bytes
}
