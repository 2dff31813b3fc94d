import type { House, Manifest, Package, Source, Violation } from './house.ts'
import { packageIn, placeOf } from './paths.ts'

/** Declared at the root and imported nowhere: what uses them instead. */
export const tools: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'lints and formats; scripts/testing starts it',
  lerna: 'versions and releases',
  node: 'the Node that everything here runs on',
}

/** Every import is declared where it must be, and every declaration is used. */
export const brokenDeclarations = (house: House): readonly Violation[] => [
  ...house.sources.flatMap(source => undeclared(house, source)),
  ...house.packages.flatMap(each => unused(house, each)),
  ...unusedAtRoot(house),
]

const names = (...groups: readonly (Readonly<Record<string, string>> | undefined)[]): string[] =>
  groups.flatMap(group => Object.keys(group ?? {}))

const shipped = ({ dependencies, peerDependencies }: Manifest): string[] =>
  names(dependencies, peerDependencies)

const undeclared = (house: House, source: Source): readonly Violation[] => {
  const allowed = new Set(declaredFor(house, source.path))
  return source.imports.flatMap(({ specifier, line }) => {
    const name = specifier === null ? null : packageIn(specifier)
    if (name === null || allowed.has(name)) return []
    return [`${source.path}:${line} imports ${name}, which is not declared`]
  })
}

/** npm links every package of the workspace at the root, so tests need not declare ours. */
const declaredFor = (house: House, path: string): readonly string[] => {
  const place = placeOf(path)
  const owner = house.packages.find(({ short }) => short === place?.short)?.manifest
  if (owner !== undefined && place?.ships) return shipped(owner)
  const ours = house.packages.map(({ manifest }) => manifest.name)
  const own = owner === undefined ? [] : [...shipped(owner), ...names(owner.devDependencies)]
  return [...ours, ...own, ...names(house.manifest.dependencies, house.manifest.devDependencies)]
}

const importedBy = (house: House, matches: (path: string) => boolean): ReadonlySet<string> =>
  new Set(
    house.sources
      .filter(({ path }) => matches(path))
      .flatMap(({ imports }) => imports)
      .flatMap(({ specifier }) => (specifier === null ? [] : (packageIn(specifier) ?? []))),
  )

const unused = (house: House, { short, manifest }: Package): readonly Violation[] => {
  const isIn = (path: string) => placeOf(path)?.short === short
  const ships = importedBy(house, path => isIn(path) && placeOf(path)?.ships === true)
  const all = importedBy(house, isIn)
  const where = `packages/${short}/package.json`
  return [
    ...shipped(manifest).filter(name => !ships.has(name)),
    ...names(manifest.devDependencies).filter(name => !all.has(name)),
  ].map(name => `${where} declares ${name}, which nothing there imports`)
}

const unusedAtRoot = (house: House): readonly Violation[] => {
  const everywhere = importedBy(house, () => true)
  const outside = importedBy(house, path => placeOf(path)?.ships !== true)
  const declared = names(house.manifest.dependencies, house.manifest.devDependencies)
  const isUsed = (name: string) =>
    name in tools ||
    outside.has(name) ||
    // The types of Node are used by whatever imports node:*, those of x wherever x is imported.
    (name.startsWith('@types/') &&
      (name === '@types/node' || everywhere.has(name.slice('@types/'.length))))
  return [
    ...declared
      .filter(name => !isUsed(name))
      .map(name => `package.json declares ${name}, which no test or script imports`),
    ...Object.keys(tools)
      .filter(name => !declared.includes(name))
      .map(name => `the list of tools names ${name}, which package.json does not declare`),
  ]
}
