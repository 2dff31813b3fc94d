const parts = (version: string): readonly number[] =>
  (version.split(/[-+]/, 1)[0] ?? '').split('.').map(Number)

/** Whether a release precedes another; one that is not told precedes all that tell it. */
export const isOlder = (release: string | undefined, than: string): boolean => {
  if (release === undefined) return true
  const [ours, theirs] = [parts(release), parts(than)]
  const at = theirs.findIndex((part, index) => part !== (ours[index] ?? 0))
  return at >= 0 && (ours[at] ?? 0) < (theirs[at] ?? 0)
}
