import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const preload = new URL('preload.ts', import.meta.url).href
const { NODE_OPTIONS = '' } = process.env

/** By the environment, so that processes which a test starts have the oldest SDK as well. */
export const env = { ...process.env, NODE_OPTIONS: `${NODE_OPTIONS} --import=${preload}` }

/** How Node runs the tests of this house. */
export const node = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']

const root = fileURLToPath(new URL('../../../..', import.meta.url))

export const manifestOf = (folder: string): Record<string, unknown> & { version: string } =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/** The oldest SDK of the supported range, as it is installed. */
export const oldest = manifestOf('node_modules/cosmos-oldest').version

/** The tests of this package. */
export const tests = fileURLToPath(new URL('..', import.meta.url))

/** The same tests, in processes whose imports of the SDK lead to the oldest one. */
export const runWithOldest = (names: readonly string[]): void => {
  for (const name of names)
    t.spawn(
      process.execPath,
      [...node, join(tests, `${name}.test.ts`)],
      { env },
      `${oldest}: ${name}.test.ts`,
    )
}
