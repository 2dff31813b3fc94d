/** Spreads small numbers over all 32 bits, so that rids look like the service's. */
const spread = (count: number): number => Math.imul(count, 0x9e3779b1) >>> 0

const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('/', '-')

const bytesOf = (rid: string): Buffer => Buffer.from(rid.replaceAll('-', '/'), 'base64')

/** Four bytes. */
export function databaseRid(count: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(spread(count))
  return text(bytes)
}

/** The database's four bytes and four more, of which the first has its highest bit set. */
export function containerRid(database: string, count: number): string {
  const bytes = Buffer.alloc(8)
  bytesOf(database).copy(bytes)
  bytes.writeUInt32LE(spread(count), 4)
  bytes[4] = (bytes[4] ?? 0) | 0x80
  return text(bytes)
}

/** The database's four bytes and four more, of which the first has its highest bit clear. */
export function userRid(database: string, count: number): string {
  const bytes = Buffer.alloc(8)
  bytesOf(database).copy(bytes)
  const bits = spread(count)
  bytes.writeUInt32LE((((bits >>> 7) << 8) | (bits & 0x7f)) >>> 0, 4)
  return text(bytes)
}

/** The user's eight bytes and eight more, of which the last is 0. */
export function permissionRid(user: string, count: number): string {
  const bytes = Buffer.alloc(16)
  bytesOf(user).copy(bytes)
  bytes.writeUInt32LE(spread(count), 8)
  bytes.writeUIntLE(spread(count + 1) >>> 8, 12, 3)
  return text(bytes)
}

/** The container's eight bytes, and eight for the partition with its kind in the last. */
export function rangeRid(container: string, id: string): string {
  const bytes = Buffer.alloc(16)
  bytesOf(container).copy(bytes)
  bytes.writeUInt32LE(Number(id) + 2, 8)
  bytes[15] = 0x50
  return text(bytes)
}

const scriptKinds = { sprocs: 0x80, triggers: 0x70, udfs: 0x60 } as const

/** The container's eight bytes, and eight for the script with its kind in the last. */
export function scriptRid(
  container: string,
  kind: keyof typeof scriptKinds,
  count: number,
): string {
  const bytes = Buffer.alloc(16)
  bytesOf(container).copy(bytes)
  bytes.writeUInt32LE(count, 8)
  bytes[15] = scriptKinds[kind]
  return text(bytes)
}

/** Three bytes, in base64. */
export function offerRid(count: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(spread(count))
  return text(bytes.subarray(0, 3))
}
