import type { Test } from 'tap'

/** Fails where one of these keys stands in the text, in whatever form it could have got there. */
export const holdsNoKey = (t: Test, text: string, keys: readonly string[]): void => {
  for (const key of keys) {
    const raw = Buffer.from(key, 'base64')
    for (const form of [key, key.slice(0, 40), raw.toString('hex'), raw.toString('base64url')]) {
      t.notOk(text.includes(form), 'no key in any form')
    }
    t.notOk(text.includes(raw.toString('latin1')), 'not in raw bytes')
  }
}
