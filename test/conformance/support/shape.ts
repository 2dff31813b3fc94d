/**
 * What an answer lacks of an example: each field of the example is there, with the same type. A list
 * that has elements in the example has at least one here, and each element the fields of the first.
 */
export const lacking = (
  example: unknown,
  actual: unknown,
  mayBeEmpty: (path: string) => boolean,
  path = '',
): readonly string[] => {
  // An example that says nothing asks for nothing.
  if (example === null) return []
  if (actual === undefined && mayBeEmpty(path)) return []
  const [wanted, given] = [typeOf(example), typeOf(actual)]
  if (wanted !== given) return [`${path || '/'} is ${given} and not ${wanted}`]
  if (Array.isArray(example) && Array.isArray(actual)) {
    if (example.length === 0 || (actual.length === 0 && mayBeEmpty(path))) return []
    if (actual.length === 0) return [`${path} is empty`]
    return example.flatMap((each, at) =>
      lacking(each, actual[Math.min(at, actual.length - 1)], mayBeEmpty, `${path}/${at}`),
    )
  }
  if (wanted !== 'object') return []
  return Object.entries(example as Record<string, unknown>).flatMap(([name, value]) =>
    lacking(value, (actual as Record<string, unknown>)[name], mayBeEmpty, `${path}/${name}`),
  )
}

const typeOf = (value: unknown): string => {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}

/** What was sent, and comes back in the example, comes back here: each such value. */
export const notEchoed = (
  sent: unknown,
  example: unknown,
  actual: unknown,
  path = '',
): readonly string[] => {
  if (typeof sent !== 'object' || sent === null) {
    return sent === example && sent !== actual
      ? [`${path} is ${JSON.stringify(actual)} and not ${JSON.stringify(sent)} as sent`]
      : []
  }
  return Object.entries(sent).flatMap(([name, value]) =>
    notEchoed(value, at(example, name), at(actual, name), `${path}/${name}`),
  )
}

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
