/** Just enough of DER (ITU-T X.690) to write one X.509 certificate: tag, length, content. */

export const sequence = (...items: readonly Buffer[]): Buffer => tagged(0x30, ...items)
export const set = (...items: readonly Buffer[]): Buffer => tagged(0x31, ...items)
export const octets = (content: Buffer): Buffer => tagged(0x04, content)
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text))
export const truth = (): Buffer => tagged(0x01, Buffer.from([0xff]))
/** `[n]`, constructed: explicit tagging. */
export const explicit = (n: number, ...items: readonly Buffer[]): Buffer =>
  tagged(0xa0 | n, ...items)
/** `[n]`, primitive: implicit tagging. */
export const implicit = (n: number, content: Buffer): Buffer => tagged(0x80 | n, content)

/** An unsigned number; a leading zero keeps it from being read as negative. */
export function integer(bytes: Buffer): Buffer {
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0
  return tagged(0x02, negative ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

export function bits(content: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.of(unused), content)
}

/** UTCTime or GeneralizedTime, whole seconds. */
export function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  // RFC 5280, 4.1.2.5: years before 2050 are written as UTCTime, with two digits.
  return Number(text.slice(0, 4)) < 2050
    ? tagged(0x17, Buffer.from(`${text.slice(2)}Z`))
    : tagged(0x18, Buffer.from(`${text}Z`))
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}

function tagged(tag: number, ...items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items)
  return Buffer.concat([Buffer.of(tag), length(content.length), content])
}

function length(n: number): Buffer {
  if (n < 0x80) return Buffer.of(n)
  const bytes: number[] = []
  for (let left = n; left > 0; left >>>= 8) bytes.unshift(left & 0xff)
  return Buffer.of(0x80 | bytes.length, ...bytes)
}
