import type { StoredDocument } from './document.ts'

/*
 * Request units, near enough for a client that sums or graphs them: Microsoft publishes that a point
 * read of 1 KB costs 1 and that writes cost about five to six times as much, growing with the size.
 */

const kilobytes = (document: StoredDocument | undefined): number =>
  Math.ceil((document?.size ?? 0) / 1024)

export const readCharge = (document: StoredDocument | undefined): number =>
  1 + Math.max(0, kilobytes(document) - 1) * 0.05

export const writeCharge = (document: StoredDocument | undefined): number =>
  5.71 + Math.max(0, kilobytes(document) - 1) * 5

export const feedCharge = (count: number): number => Math.round((2.3 + count * 0.03) * 100) / 100
