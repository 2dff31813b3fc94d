import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blockerCodes } from '@keyturn/core'
import { coordinatorProblems } from '@keyturn/protocol'
import t from 'tap'
import { failureCodes } from '../../packages/cli/src/failure.ts'
import { findingCodes } from '../../packages/coordinator/src/doctor/finding.ts'
import { problems as localProblems } from '../../packages/sidecar/src/local/refused.ts'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const entries = [...text.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(
  ([, code = '', meaning = '']) => ({ code, meaning }),
)
const documented = entries.map(({ code }) => code)

/** Words of others that look like a code of ours, and names of variables. */
const notOurs: readonly RegExp[] = [
  /^(AZURE|KEYTURN|IDENTITY_(HEADER|ENDPOINT)|XDG|NODE|HTTPS?)_/,
  /^IDENTITY_(HEADER|ENDPOINT)$/,
  /^NO_COLOR$/,
  /^(ERR|HPE|UND_ERR|CERT|UNABLE|DEPTH|SELF_SIGNED)_/,
  /^REQUEST_SEND_ERROR$/,
]

/** Every text in the sources that looks like a code: capitals, with an underscore in them. */
const written = readdirSync(join(root, 'packages'))
  .map(name => join(root, 'packages', name, 'src'))
  .filter(folder => !folder.includes('testkit'))
  .flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .map(path => readFileSync(join(folder, path), 'utf8')),
  )
  .flatMap(source => [
    ...source.matchAll(
      /(?<![A-Z_a-z])'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'|^ {2}([A-Z]+(?:_[A-Z]+)+): \{ ?$/gm,
    ),
  ])
  .map(([, quoted, key]) => quoted ?? key ?? '')
  .filter(code => code !== '' && !notOurs.some(each => each.test(code)))

/** Codes that the packages list, some of which are one word. */
const listed: readonly string[] = [
  ...blockerCodes,
  ...Object.keys(coordinatorProblems),
  ...Object.keys(localProblems),
  ...failureCodes,
]

const inDoctor: readonly string[] = findingCodes

t.test('every code has an entry that says what it means and what to do', async t => {
  t.ok(written.length > 100)
  for (const code of new Set([...written, ...listed])) {
    if (inDoctor.includes(code) && !listed.includes(code)) continue
    t.ok(documented.includes(code), `${code} stands in docs/errors.md`)
  }
  for (const { code, meaning } of entries) t.ok(meaning.length > 15, code)
})

t.test('every entry is of a code that there is, and stands there once', async t => {
  const known = [...written, ...listed]
  for (const code of documented) t.ok(known.includes(code), `${code} is given by something`)
  t.same(documented, [...new Set(documented)])
})
