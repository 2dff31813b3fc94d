import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '../..')
const folders = ['docs', 'deploy', 'examples', 'examples/*', 'packages/*']
const pages = ['*.md', ...folders.map(folder => `${folder}/*.md`)].flatMap(pattern =>
  globSync(pattern, { cwd: root }),
)
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Where a page points within the repository, seen from the root. */
const linksOf = (page: string): readonly { readonly path: string; readonly place?: string }[] =>
  [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => {
    const [path = '', place] = link.split('#')
    const target = path === '' ? page : normalize(join(dirname(page), path))
    return place === undefined ? { path: target } : { path: target, place }
  })

/** A heading as GitHub makes a link of it. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')

t.test('every page and place that a page points at is there', async t => {
  t.ok(pages.length > 25, `${pages.length} pages`)
  for (const page of pages) {
    for (const { path, place } of linksOf(page)) {
      t.ok(existsSync(join(root, path)), `${page}: ${path}`)
      if (place === undefined) continue
      const headings = textOf(path).matchAll(/^#+ (.+)$/gm)
      t.ok(
        [...headings].some(([, heading = '']) => slug(heading) === place),
        `${page}: ${path}#${place}`,
      )
    }
  }
})

t.test(
  'the index of documents has every page of docs, and every package that explains itself',
  async t => {
    const indexed = linksOf('docs/README.md').map(({ path }) => path)
    const explained = pages.filter(
      page => /^(docs|packages)\//.test(page) && page !== 'docs/README.md',
    )
    t.same(
      explained.filter(page => !indexed.includes(page)),
      [],
    )
  },
)

t.test('the map names every folder of the repository, and of each package', async t => {
  const [, map = ''] = textOf('ARCHITECTURE.md').match(/## Map\n\n```text\n(.*?)```/s) ?? []
  const named = (line: string): readonly string[] =>
    [...line.matchAll(/(?<![@\w-])[\w-]+(?=\/)/g)].map(String)
  const of = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => name)
  const ours = of('.').filter(name => !/^(\.|node_modules$|coverage$)/.test(name))
  t.same(
    ours.filter(name => !new RegExp(`^${name}/`, 'm').test(map)),
    [],
  )
  for (const short of of('packages')) {
    const [section = ''] = map.match(new RegExp(`^  ${short}/.*\\n(?:   .*\\n)*`, 'm')) ?? []
    const folders = of(`packages/${short}/src`)
    t.same(
      folders.filter(name => !named(section).includes(name)),
      [],
      short,
    )
    const [, ...said] = named(section)
    t.same(
      said.filter(name => !existsSync(join(root, 'packages', short, 'src', name))),
      [],
      `${short}: named and not there`,
    )
  }
})
