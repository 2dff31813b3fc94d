import { murmur3x64, murmur3x86 } from './murmur.ts'
import type { Component, PartitionDefinition } from './partition-key.ts'

/*
 * Where a partition key lies in the container's hash space, as hex that sorts like the space. The
 * rules are those of the SDKs, which route by them: version 1 (32-bit murmur3 and the value itself),
 * version 2 (128-bit murmur3), and one version-2 hash per level of a hierarchical key.
 */

const marker = { undefined: 0x00, null: 0x01, false: 0x02, true: 0x03, number: 0x05, string: 0x08 }

/** Longer texts are cut before version 1 hashes them. */
const textMax = 100

export function effectiveKey(
  components: readonly Component[],
  definition: PartitionDefinition,
): string {
  if (definition.kind === 'MultiHash') {
    return components.map(component => hashVersion2([component])).join('')
  }
  return definition.version === 2 ? hashVersion2(components) : hashVersion1(components[0])
}

/**
 * The bound that lies at a point of the hash space, from 0 to 2^32: the number itself in version 1,
 * the first four of sixteen bytes in version 2, whose two highest bits are always clear.
 */
export function boundAt(point: number, { version }: PartitionDefinition): string {
  if (version === 1) return sortableNumber(point).toString('hex').toUpperCase()
  const first = Math.floor(point / 4)
  return first.toString(16).padStart(8, '0').padEnd(32, '0').toUpperCase()
}

function hashVersion2(components: readonly Component[]): string {
  const bytes = murmur3x64(Buffer.concat(components.map(component => encode(component, 0xff))))
  bytes.reverse()
  bytes[0] = (bytes[0] ?? 0) & 0x3f
  return bytes.toString('hex').toUpperCase()
}

function hashVersion1(component: Component): string {
  const cut = typeof component === 'string' ? component.slice(0, textMax) : component
  const hash = murmur3x86(encode(cut, 0x00))
  return Buffer.concat([sortableNumber(hash), sortable(cut)])
    .toString('hex')
    .toUpperCase()
}

function encode(component: Component, textEnd: number): Buffer {
  if (typeof component === 'string') {
    return Buffer.concat([
      Buffer.of(marker.string),
      Buffer.from(component, 'utf8'),
      Buffer.of(textEnd),
    ])
  }
  if (typeof component === 'number') {
    const bytes = Buffer.alloc(9, marker.number)
    bytes.writeDoubleLE(component, 1)
    return bytes
  }
  return Buffer.of(simpleMarker(component))
}

function simpleMarker(component: boolean | null | undefined): number {
  if (component === undefined) return marker.undefined
  if (component === null) return marker.null
  return component ? marker.true : marker.false
}

function sortable(component: Component): Buffer {
  if (typeof component === 'string') return sortableText(component)
  if (typeof component === 'number') return sortableNumber(component)
  return Buffer.of(simpleMarker(component))
}

/** Each byte plus one, so that the closing zero sorts before any text that goes on. */
function sortableText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8').map(byte => (byte < 0xff ? byte + 1 : byte))
  const short = text.length <= textMax
  const kept = short ? bytes : bytes.subarray(0, textMax + 1)
  return Buffer.concat([Buffer.of(marker.string), kept, short ? Buffer.of(0) : Buffer.alloc(0)])
}

/** The double's bits so turned that they sort as the numbers do; then 8 bits, and 7 bits at a time. */
function sortableNumber(value: number): Buffer {
  const raw = Buffer.alloc(8)
  raw.writeDoubleBE(value)
  const bits = raw.readBigUInt64BE()
  const sign = 1n << 63n
  let left = bits < sign ? bits ^ sign : BigInt.asUintN(64, ~bits + 1n)
  const bytes = [marker.number, Number(left >> 56n)]
  left = BigInt.asUintN(64, left << 8n)
  let byte = 0
  let first = true
  do {
    if (!first) bytes.push(byte)
    first = false
    byte = Number(left >> 56n) | 1
    left = BigInt.asUintN(64, left << 7n)
  } while (left !== 0n)
  bytes.push(byte & 0xfe)
  return Buffer.from(bytes)
}
