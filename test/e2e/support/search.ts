import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A piece of a key as it may stand somewhere, and what it is called in a report. */
export interface Needle {
  readonly name: string
  readonly bytes: Buffer
}

/** So much of a key in a row counts as a leak: 90 bits in base64, 80 in hex. */
const textPiece = 20 as const
const rawPiece = 12

/** Every way in which a key of 64 bytes, in base64, could have been written down; in pieces. */
export const needlesOf = (key: string): readonly Needle[] => {
  const known = needles.get(key)
  if (known) return known
  const made = makeNeedles(key)
  needles.set(key, made)
  return made
}

const needles = new Map<string, readonly Needle[]>()

const makeNeedles = (key: string): readonly Needle[] => {
  const raw = Buffer.from(key, 'base64')
  const hex = raw.toString('hex')
  const percent = encodeURIComponent(key)
  const forms: Readonly<Record<string, string>> = {
    base64: key,
    base64url: raw.toString('base64url'),
    hex,
    'upper-case hex': hex.toUpperCase(),
    'percent-encoded': percent,
    'lower-case percent-encoded': percent.replace(/%../g, each => each.toLowerCase()),
    'JSON with escaped slashes': key.replaceAll('/', '\\/'),
    ...Object.fromEntries(
      [0, 1, 2].flatMap(shift => [
        [`base64 within base64, ${shift} bytes on`, insideBase64(raw, shift)],
        [`its text within base64, ${shift} bytes on`, insideBase64(Buffer.from(key), shift)],
      ]),
    ),
  }
  const texts = Object.entries(forms).flatMap(([name, text]) =>
    pieces(Buffer.from(text), textPiece).map(bytes => ({ name, bytes })),
  )
  const wide = pieces(Buffer.from(key, 'utf16le'), 2 * textPiece)
  return [
    ...texts,
    ...wide.map(bytes => ({ name: 'UTF-16', bytes })),
    ...pieces(raw, rawPiece).map(bytes => ({ name: 'raw bytes', bytes })),
  ]
}

/** What is sure to stand in the base64 of anything that holds these bytes after `shift` others. */
const insideBase64 = (bytes: Buffer, shift: number): string => {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return text.slice(shift === 0 ? 0 : 4, -2)
}

/** Whole ones only: whoever has two pieces' length of the key has one of them. */
const pieces = (bytes: Buffer, length: number): readonly Buffer[] => {
  const count = Math.floor(bytes.length / length)
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  )
}

/** The forms in which a key stands in the bytes; empty: in none. */
export const foundIn = (bytes: Buffer, keys: readonly string[]): readonly string[] =>
  keys.flatMap((key, index) => {
    const names = needlesOf(key).filter(needle => bytes.includes(needle.bytes))
    return [...new Set(names.map(({ name }) => `key ${index + 1} as ${name}`))]
  })

/** Every file below a folder, whatever it is called; sockets have no content. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))

/** What the kernel shows of a process to others; `null`: it is gone. */
export const shownOf = (pid: number): Buffer | null => {
  try {
    return Buffer.concat([
      readFileSync(`/proc/${pid}/cmdline`),
      Buffer.from('\n'),
      readFileSync(`/proc/${pid}/environ`),
    ])
  } catch {
    return null
  }
}
