import { closest, distance } from 'fastest-levenshtein'

/** ` (did you mean …?)` where one of the known words is near enough to be meant. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  if (known.length === 0) return ''
  const nearest = closest(word, known)
  const isNear = distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, word.length / 3)
  return isNear ? ` (did you mean ${nearest}?)` : `; known are ${known.join(', ')}`
}
