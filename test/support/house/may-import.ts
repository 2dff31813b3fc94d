import type { House, Source, Violation } from './house.ts'
import type { Import } from './imports.ts'
import { isRelative, packageIn, placeOf, resolved, shortOf } from './paths.ts'

/** Which of our packages a package may import. A simulator that shares our code shares our mistakes. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ['core'],
  keyring: ['core', 'protocol'],
  cosmos: ['core', 'protocol', 'keyring'],
  sidecar: ['core', 'protocol', 'keyring'],
  coordinator: ['core', 'protocol'],
  cli: ['core', 'protocol', 'keyring', 'cosmos', 'sidecar', 'coordinator', 'azure-sim'],
  'azure-sim': [],
  testkit: [
    ...['core', 'protocol', 'keyring', 'cosmos', 'sidecar', 'coordinator'],
    ...['azure-sim', 'cli'],
  ],
}

const armSdk = '@azure/arm-cosmosdb'
const armFile = 'packages/coordinator/src/azure/arm.ts'

/** What ships imports only what its row allows; tests reach into no other package's files. */
export const brokenBoundaries = (house: House): readonly Violation[] => [
  ...house.packages
    .filter(({ short }) => !(short in mayImport))
    .map(({ short }) => `packages/${short} has no row in the table of who may import whom`),
  ...Object.keys(mayImport)
    .filter(short => !house.packages.some(each => each.short === short))
    .map(short => `the table of who may import whom names packages/${short}, which does not exist`),
  ...house.sources.flatMap(source => {
    const broken = source.imports.map(each => [each.line, breach(house, source, each)] as const)
    return broken.flatMap(([line, why]) => (why === null ? [] : [`${source.path}:${line} ${why}`]))
  }),
]

const breach = (house: House, source: Source, { specifier }: Import): string | null => {
  const place = placeOf(source.path)
  if (place === undefined) return breachOfRoot(source, specifier)
  if (specifier === null)
    return source.path.includes('/src/') ? 'computes what it imports, so nobody can check it' : null
  if (isRelative(specifier)) return breachOfRelative(source, place, resolved(source, specifier))
  if (!place.ships) return null
  if (place.short === 'core') return `imports ${specifier}: core imports nothing`
  if (packageIn(specifier) === armSdk && source.path !== armFile)
    return `names ${armSdk}: only ${armFile} may`
  const other = shortOf(house, packageIn(specifier) ?? '')
  if (other === undefined || mayImport[place.short]?.includes(other)) return null
  if (other === place.short) return `imports its own package by name`
  return `imports ${specifier}: ${place.short} may not import ${other}`
}

const breachOfRelative = (
  source: Source,
  { short, ships }: { short: string; ships: boolean },
  target: string,
): string | null => {
  const home = `packages/${short}/`
  if (!target.startsWith(home))
    return !ships && target.startsWith('test/support/')
      ? null
      : `reaches out of ${home} to ${target}`
  if (ships && target.startsWith(`${home}test/`)) return `imports the test ${target}`
  return source.path.includes('/src/') && target.startsWith(`${home}bin/`)
    ? `imports the command ${target}`
    : null
}

/** What makes a fresh clone ready runs before anything is installed. */
const breachOfRoot = (source: Source, specifier: string | null): string | null => {
  if (!source.path.startsWith('scripts/bootstrap')) return null
  if (specifier === null) return 'computes what it imports, so nobody can check it'
  const isOwn = isRelative(specifier) && resolved(source, specifier).startsWith('scripts/bootstrap')
  return isOwn || specifier.startsWith('node:')
    ? null
    : `imports ${specifier}: the bootstrap has only node:* and its own files`
}
