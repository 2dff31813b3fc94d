import { InvalidArgumentError } from 'commander'

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90s`, `30m`, `2h` or `7d`, in ms. */
export const parseSpan = (text: string): number => {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError('Give a span such as 90s, 30m, 2h or 7d.')
  return Number(count) * units[unit as keyof typeof units]
}
