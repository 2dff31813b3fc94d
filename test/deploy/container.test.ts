import { readFileSync } from 'node:fs'
import t from 'tap'
import { manifestsOf, only, podsOf, textOf, the } from './manifests.ts'

const lines = textOf('deploy/container/Dockerfile').split('\n')
const having = (instruction: string) =>
  lines
    .filter(line => line.startsWith(`${instruction} `))
    .map(line => line.slice(instruction.length + 1))

const { scripts } = JSON.parse(textOf('package.json'))
const cli = JSON.parse(textOf('packages/cli/package.json'))

t.test('what is run while it is built is there to be run', async t => {
  for (const [, script = ''] of having('RUN')
    .join('\n')
    .matchAll(/npm run (\S+)/g)) {
    t.ok(script in scripts, script)
  }
  t.match(textOf('packages/testkit/package.json'), '"private": true', 'which is not shipped')
})

t.test('it starts the command as its package names it', async t => {
  const [program, path] = JSON.parse(only(having('ENTRYPOINT'))) as string[]
  t.equal(program, '/nodejs/bin/node')
  t.equal(path, `/opt/keyturn/node_modules/${cli.name}/${cli.bin.keyturn}`)
  t.ok(readFileSync(new URL(`../../packages/cli/${cli.bin.keyturn}`, import.meta.url)).length > 0)
})

t.test('images run what the manifests tell them, on a Node that is new enough', async t => {
  const stages = having('FROM').map(line => line.split(' AS ')[1])
  t.same(stages, ['build', 'runtime', 'sidecar', 'coordinator'])
  const [sidecar, coordinator] = having('CMD').map(line => JSON.parse(line) as string[])
  const application = podsOf(the(manifestsOf('deploy/kubernetes/application.yaml'), 'Deployment'))
  t.equal(sidecar?.[0], only(application.pod.initContainers).args[0])
  const deployed = podsOf(the(manifestsOf('deploy/kubernetes/coordinator.yaml'), 'Deployment'))
  t.same(coordinator, only(deployed.pod.containers).args)
  t.match(only(application.pod.initContainers).image, /keyturn-sidecar:/)
  t.match(only(deployed.pod.containers).image, /keyturn-coordinator:/)
  for (const base of having('FROM').slice(0, 2)) t.match(base, /node(js)?:?24/)
})
