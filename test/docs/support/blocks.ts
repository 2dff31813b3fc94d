/** A fenced block of a page, and the comment above it that says what becomes of it. */
export interface Block {
  readonly language: string
  readonly code: string
  /** `run`, `run in the background, until: …`, `write PATH`, `az`, `not run: REASON`; or none. */
  readonly mark: string | null
  readonly line: number
}

const fence = /^(?:<!-- (?<mark>[^\n]+?) -->\n)?```(?<language>\w*)\n(?<code>.*?)^```$/gms

export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(fence)].map(({ groups = {}, index }) => ({
    language: groups['language'] ?? '',
    code: groups['code'] ?? '',
    mark: groups['mark'] ?? null,
    line: page.slice(0, index).split('\n').length,
  }))
