import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { entries } from '../src/catalogue.ts'
import { keyturn } from './support/host.ts'

const has = (shell: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some(folder => existsSync(join(folder, shell)))

const scriptOf = async (t: Test, shell: string): Promise<string> => {
  const { code, out } = await keyturn(['completion', shell])
  t.equal(code, 0)
  const file = join(t.testdir({}), `keyturn.${shell}`)
  writeFileSync(file, out)
  return file
}

const names = entries.map(({ name }) => name)

/** What is offered behind a line, its last word unfinished: by each shell in its own way. */
const offering: Readonly<Record<string, (file: string, line: string) => string[]>> = {
  bash: (file, line) => {
    const words = line.split(' ')
    const array = words.map(word => `'${word}'`).join(' ')
    const script = `source ${file}; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _keyturn; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).trim().split('\n')
  },
  fish: (file, line) =>
    execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map(offer => offer.split('\t')[0] ?? ''),
}

for (const shell of ['bash', 'fish']) {
  const skip = !has(shell) && `there is no ${shell} here`
  t.test(`${shell} completes commands, options and their values`, { skip }, async t => {
    const file = await scriptOf(t, shell)
    const offers = (line: string) => offering[shell]?.(file, line) ?? []
    for (const name of names) t.ok(offers('keyturn ').includes(name), name)
    t.same(offers('keyturn rot'), ['rotate'])
    t.same(offers('keyturn rotate --wat'), ['--watch'])
    t.same(offers('keyturn rotate --slot ').sort(), ['primary', 'secondary'])
    t.same(offers('keyturn rotate --slot pri'), ['primary'])
    t.same(
      offers('keyturn completion ')
        .filter(word => !word.startsWith('-'))
        .sort(),
      ['bash', 'fish', 'zsh'],
    )
    t.ok(offers(`keyturn status --token-file ${file.slice(0, -1)}`).includes(file), 'files')
    t.notOk(offers('keyturn status --sl').includes('--slot'), 'only what the command takes')
  })
}

t.test(
  'zsh offers commands and options',
  { skip: !has('zsh') && 'there is no zsh here' },
  async t => {
    const file = await scriptOf(t, 'zsh')
    execFileSync('zsh', ['-n', file])
    // Its own functions need a line editor: in their place stand some that say what they are told.
    const told = (...words: string[]): string[] => {
      const script = `compdef() { }; _describe() { print -rl -- $commands }; _arguments() { print -rl -- "$@" }
source ${file}; words=(keyturn ${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _keyturn`
      return execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8' }).trim().split('\n')
    }
    const listed = told('').filter(line => /^[a-z-]+:./.test(line))
    t.same(
      listed.map(line => line.split(':')[0]),
      names,
    )
    const rotate = told('rotate', '')
    t.ok(rotate.includes('--slot[turn this one only]:value:(primary secondary)'))
    t.ok(rotate.includes('--watch[follow it to its end; Ctrl-C leaves it running]'))
    t.ok(rotate.some(line => /^--token-file\[.*\]:file:_files$/.test(line)))
    t.ok(told('completion', '').includes('1:argument:(bash zsh fish)'))
  },
)

t.test('another shell is refused by name', async t => {
  const { code, err } = await keyturn(['completion', 'powershell'])
  t.equal(code, 2)
  t.match(err, /powershell.*bash, zsh, fish/)
})
