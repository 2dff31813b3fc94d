/** A test that holds a rule: its file from the repository's root, and its title to the letter. */
export interface HeldBy {
  readonly file: string
  readonly title: string
}

/**
 * One operation or rule of the simulator. Its source is Microsoft's word; where Microsoft says
 * nothing, the row says what is assumed, which is the worst case that is known of.
 *
 * A source is a URL, or a path below the folder of Azure's published files with an optional
 * `#place`, or a package of Microsoft's with a path in it: `@azure/cosmos dist/esm/…`.
 */
export type Row = {
  /** One sentence. */
  readonly rule: string
  /** What it covers: `POST {account}/regenerateKey`, `GET /secrets/:name`, `PUT docs/*`. */
  readonly routes?: readonly string[]
  readonly heldBy: readonly HeldBy[]
} & (Sourced | Assumed)

interface Sourced {
  readonly sources: readonly string[]
}

interface Assumed {
  /** What is near: never the rule itself, else it would not be assumed. */
  readonly sources?: readonly string[]
  /** What Microsoft does not say, and why this is the worst case. */
  readonly assumed: string
  /** The option that turns it; `null` where nothing does. */
  readonly knob: string | null
}

export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
}

/** A test of the simulator's own. */
export const sim = (file: string, title: string): HeldBy => ({
  file: `packages/azure-sim/test/${file}`,
  title,
})

/** A test of the whole repository: `house('conformance/vectors.test.ts', …)`. */
export const house = (file: string, title: string): HeldBy => ({ file: `test/${file}`, title })
