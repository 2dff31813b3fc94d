import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { Constants } from 'cosmos-oldest'
import t from 'tap'
import { env, manifestOf, node, oldest, runWithOldest, tests } from './oldest.ts'

t.test('the supported range begins with the SDK that is tested as the oldest', async t => {
  t.match(manifestOf('packages/cosmos')['peerDependencies'], { '@azure/cosmos': `>=${oldest} <5` })
  t.equal(Constants.SDKVersion, oldest)
  t.not(manifestOf('node_modules/@azure/cosmos').version, oldest, 'and goes on after it')
})

t.test('a process so started has the oldest SDK', async t => {
  const say = `process.stdout.write((await import('@azure/cosmos')).Constants.SDKVersion)`
  const args = [...node, '--input-type=module', '--eval', say]
  t.equal(spawnSync(process.execPath, args, { env, encoding: 'utf8' }).stdout, oldest)
})

/** The same files that run with the newest by themselves. */
const files = globSync('sdk-contract/*.test.ts', { cwd: tests }).sort()
runWithOldest(files.map(file => file.replace(/\.test\.ts$/, '')))
