/** Uniform in [0, 1), a pure function of the seed and of what is named: replayable in any order. */
export type Chance = (...what: readonly (string | number)[]) => number

/**
 * Chance from a seed. Two draws under different names are independent; the same names give the
 * same draw, whatever was drawn before. Not for secrets: the hash is fast, not strong.
 */
export function chanceFrom(seed: number): Chance {
  const start = `${seed}`
  return (...what) => {
    let text = start
    // The type and length go in, so that ('a', 'bc') and ('ab', 'c'), 1 and '1' differ.
    for (const part of what) text += `|${typeof part === 'number' ? 'n' : 's'}${part}`
    return hash53(`${text}|${what.length}`) / 2 ** 53
  }
}

/** A range's value for a draw in [0, 1): whole milliseconds, both ends included. */
export function within(range: number | readonly [number, number], draw: number): number {
  if (typeof range === 'number') return range
  const [from, to] = range
  return from + Math.floor(draw * (to - from + 1))
}

/** Two 32-bit lanes of multiply-and-xor over UTF-16 units, then murmur3's finaliser; 53 bits. */
function hash53(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  high = finish(high ^ (low >>> 15))
  low = finish(low ^ (high >>> 13))
  return (high >>> 11) * 2 ** 32 + (low >>> 0)
}

function finish(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
