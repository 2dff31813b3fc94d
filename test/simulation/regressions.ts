/** A seed that once broke a promise, and what it brought to light. */
export interface Regression {
  readonly seed: number
  readonly story: string
}

/**
 * Kept for their stories: a seed whose world is drawn otherwise since may no longer tread the same
 * path, so each bug that one found has a test of its own beside the code that was wrong.
 */
export const regressions: readonly Regression[] = [
  {
    seed: 52,
    story:
      'A sidecar that asks its coordinator to hold nothing asked again 5 ms after each answer, a hundred times a second.',
  },
  {
    seed: 116,
    story:
      'A coordinator that was stopped, deposed and resumed took reports and dated them back by as long as it had stood still: members that were well looked stale to the leader for ever.',
  },
  {
    seed: 197,
    story:
      'A sidecar saw a client die, removed its presence socket, and was killed before a full disk let it write that down: restarted, it remembered the client and could never prove its end.',
  },
  {
    seed: 18,
    story:
      'A report of a sidecar that had been followed by its successor lay in the socket of a stopped coordinator: resumed, it took the dead one back as a twin.',
  },
  {
    seed: 50297,
    story:
      'A pod that joined on an old mount tried, below the floor, the key that its old keyset did not fence: the very one that ARM was turning.',
  },
]
