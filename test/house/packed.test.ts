import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { buildOrder, manifestOf } from '../../scripts/building/order.ts'
import { installPacked } from '../support/process/packed.ts'
import { startNode } from '../support/process/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

t.test('what is packed works where no checkout is', async t => {
  const user = installPacked(root, t.testdir())
  const packages = buildOrder(root)

  for (const { name, folder } of packages) {
    if (manifestOf(root, folder).exports === undefined) continue
    t.test(`${name} is imported by plain Node, with its types`, async t => {
      const installed = join(user, 'node_modules', name)
      t.notOk(existsSync(join(installed, 'src')), 'the sources stay at home')
      const code = `const all = await import('${name}'); console.log(Object.keys(all).length)`
      const ended = await startNode(['--input-type=module', '--eval', code], { cwd: user }).ended
      t.match(ended, { code: 0, err: '' })
      t.ok(Number(ended.out) > 0, 'it exports something')
      t.ok(existsSync(join(installed, 'dist', 'index.d.ts')), 'the types are there')
    })
  }

  for (const { name, folder } of packages)
    for (const [command, file] of Object.entries(manifestOf(root, folder).bin ?? {}))
      t.test(`the command ${command} of ${name} starts`, async t => {
        const installed = join(user, 'node_modules', name, file)
        const ended = await startNode([installed, '--help'], { cwd: user }).ended
        t.match(ended, { code: 0, err: '' })
        t.match(ended.out, `Usage: ${command}`)
      })

  t.test('types reach a user through every file of a package', async t => {
    // Were a file of the types not found, `otherSlot` would be `any`, and nothing an error.
    writeFileSync(
      join(user, 'use.ts'),
      `import { otherSlot } from '@keyturn/core'
const right: 'primary' | 'secondary' = otherSlot('primary')
// @ts-expect-error: a slot is no number
const wrong: number = otherSlot('primary')
export { right, wrong }`,
    )
    const tsc = join(root, 'node_modules/typescript/lib/tsc.js')
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2024', noEmit: true }
    writeFileSync(
      join(user, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['use.ts'] }),
    )
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', user], { encoding: 'utf8' })
    t.equal(stdout, '')
    t.equal(status, 0)
  })
})
