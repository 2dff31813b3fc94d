const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const rfc1123 = '[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT'

/** What stands for a name in braces. */
const forms: Readonly<Record<string, string>> = {
  guid,
  tenant: guid,
  RFC1123: rfc1123,
  version: '\\d+(?:\\.\\d+)+',
  ip: '[0-9a-f.:]+',
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The text with {braces} as wildcards; recorded ids and versions of the gateway vary as well. */
export const patternOf = (text: string): RegExp => {
  const parts = text
    .replace(new RegExp(guid, 'g'), '{guid}')
    .replace(/(Microsoft\.Azure\.Documents\.Common\/)\d+(\.\d+)+/, '$1{version}')
    .split(/\{([^}]*)\}/)
  const pattern = parts.map((part, at) =>
    at % 2 === 0 ? escaped(part) : (forms[part.split(' ')[0] ?? ''] ?? '.+?'),
  )
  return new RegExp(`^${pattern.join('')}$`, 's')
}

export const fits = (name: string, expected: string, actual: unknown): readonly string[] =>
  typeof actual === 'string' && patternOf(expected).test(actual)
    ? []
    : [`${name} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`]

export const equal = (name: string, expected: unknown, actual: unknown): readonly string[] =>
  JSON.stringify(actual) === JSON.stringify(expected)
    ? []
    : [`${name} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`]
