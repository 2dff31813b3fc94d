/** One change to one file of packages/core/src, as text: it removes or inverts one rule. */
export interface Mutant {
  /** What it does, as people would say it. */
  readonly name: string
  /** The rule of the protocol that it breaks, where it breaks one by number. */
  readonly rule?: string
  /** Below packages/core/src. */
  readonly file: string
  /** Must stand in the file exactly once. */
  readonly find: string
  readonly replace: string
  /** Worlds in which it ought to be caught, the most promising first. */
  readonly worlds: readonly string[]
  /** Others without which it is not caught: each of them stands in its way by itself. */
  readonly behind?: readonly string[]
}

/** A check that never finds anything. */
export const blind = (
  check: string,
  file: string,
  rule: string | undefined,
  worlds: readonly string[],
  masked: Pick<Mutant, 'behind'> = {},
): Mutant => ({
  name: `${check} finds nothing`,
  ...(rule === undefined ? {} : { rule }),
  file,
  find: `export const ${check}: Check = `,
  replace: `export const ${check}: Check = () => []\nexport const ${check}Before: Check = `,
  worlds,
  ...masked,
})

export class BadMutant extends Error {}

/** The changed text. @throws {BadMutant} where what it changes is not there exactly once. */
export const mutated = ({ name, file, find, replace }: Mutant, text: string): string => {
  const parts = text.split(find)
  if (parts.length === 2) return parts.join(replace)
  throw new BadMutant(
    `${name}: ${file} holds what it changes ${parts.length - 1} times, not once: write the mutation anew.`,
  )
}
