import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { blocksOf } from './support/blocks.ts'

const docs = join(import.meta.dirname, '../../docs')

/** Each has its test: test/docs/getting-started.test.ts, test/docs/az-runbook.test.ts. */
const runsIn: Readonly<Record<string, RegExp>> = {
  'getting-started.md': /^(run|run in the background, until: .+|write \S+)$/,
  'operating.md': /^az$/,
}

t.test('every block of code in docs is run, or says why it is not', async t => {
  const pages = readdirSync(docs).filter(name => name.endsWith('.md'))
  let seen = 0
  for (const name of pages) {
    for (const { language, mark, line } of blocksOf(readFileSync(join(docs, name), 'utf8'))) {
      if (!['sh', 'ts', 'js', 'bash'].includes(language)) continue
      seen += 1
      const isRun = mark !== null && runsIn[name]?.test(mark) === true
      const hasReason = /^(not run|run by|excerpt): .{10,}/.test(mark ?? '')
      t.ok(isRun || hasReason, `docs/${name}:${line}`)
    }
  }
  t.ok(seen > 15, `${seen} blocks`)
})

t.test('a block without a word is found', async t => {
  const [bare, said] = blocksOf(
    '```sh\nrm -r /\n```\n\n<!-- not run: it is dangerous -->\n```sh\nx\n```\n',
  )
  t.equal(bare?.mark, null)
  t.equal(said?.mark, 'not run: it is dangerous')
  t.equal(said?.line, 5)
})
