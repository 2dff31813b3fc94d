import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startedBy, ticksNow, ticksOf } from '../src/render/process-start.ts'
import { startRendering } from './helpers/rendering.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

const node = [process.execPath, '--disable-warning=ExperimentalWarning'] as const
const restartConsumer = fileURLToPath(new URL('./helpers/restart-consumer.ts', import.meta.url))

t.test('a reload that starts the consumer anew acknowledges by itself', async t => {
  const out = await scratch(t)
  const pidFile = join(out, 'pid')
  const end = async () => {
    const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'))
    if (pid > 0) process.kill(pid, 'SIGKILL')
  }
  t.teardown(() => end().catch(() => undefined))
  const command = [...node, restartConsumer, pidFile] as const
  const { coordinator, source, lines } = await startRendering(t, {
    path: join(out, 'cosmos'),
    format: 'json',
    pidFile,
    onChange: { command },
  })
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  t.equal(JSON.parse(await readFile(`${pidFile}.seen`, 'utf8')).version, 1)
  const first = await readFile(pidFile, 'utf8')
  source.say(fencedKeyset(2))
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  t.equal(JSON.parse(await readFile(`${pidFile}.seen`, 'utf8')).version, 2, 'and it is true')
  t.not(await readFile(pidFile, 'utf8'), first)
  t.ok(lines.lines.some(({ event }) => event === 'reloaded'))
})

t.test(
  'a reload that fails is tried again, and acknowledges nothing until it succeeds',
  async t => {
    const out = await scratch(t)
    const allowed = join(out, 'allowed')
    const pidFile = join(out, 'pid')
    const script = `test -e ${allowed} && { sh -c 'echo $$ > ${pidFile}; exec sleep 60' & sleep 0.3; }`
    t.teardown(async () => {
      const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'))
      if (pid > 0) process.kill(pid, 'SIGKILL')
    })
    const { lines, coordinator } = await startRendering(t, {
      path: join(out, 'cosmos'),
      pidFile,
      onChange: { command: ['sh', '-c', script] },
    })
    const failed = await lines.until('reload-failed')
    t.match(failed, { consumer: 'billing', reason: 'exit code 1' })
    t.equal(coordinator.last?.acknowledged, null)
    await writeFile(allowed, '')
    await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  },
)

t.test('a signal reaches the process that the pid file names, and proves nothing', async t => {
  const out = await scratch(t)
  const [pidFile, heard] = [join(out, 'pid'), join(out, 'heard')]
  const script = `trap 'echo > ${heard}' USR2; echo $$ > ${pidFile}; while :; do sleep 0.05; done`
  const consumer = spawn('sh', ['-c', script], { stdio: 'ignore' })
  t.teardown(() => consumer.kill('SIGKILL'))
  while (!existsSync(pidFile)) await new Promise(setImmediate)
  const { coordinator, lines } = await startRendering(t, {
    path: join(out, 'cosmos'),
    pidFile,
    onChange: { signal: 'SIGUSR2' },
  })
  await lines.until('reloaded')
  while (!existsSync(heard)) await new Promise(setImmediate)
  t.equal(coordinator.last?.acknowledged, null)
})

t.test('a pid of another container, which here is the sidecar’s own, is nobody', async t => {
  const pidFile = join(await scratch(t), 'pid')
  await writeFile(pidFile, `${process.ppid}`)
  t.match(await startedBy(pidFile), { pid: process.ppid })
  await writeFile(pidFile, `${process.pid}`)
  t.equal(await startedBy(pidFile), null, 'it is not signalled, and its start proves nothing')
})

t.test('no start proves anything by a clock that is not the one of starts', async t => {
  const fields = ['S', ...Array.from({ length: 18 }, () => '0'), '500000', '0']
  const ownStat = `7 (a (b) c) ${fields.join(' ')}`
  const ticks = (uptime: string) => ticksOf({ uptime, ownStat, ranSeconds: 60 })
  t.equal(ticks('5060.02 9.9'), 506_002)
  t.equal(ticks('9060.02 9.9'), 906_002, 'a machine that slept meanwhile')
  t.equal(ticks('90.00 9.9'), null, 'the uptime of a container')
  t.equal(ticks('5040.00 9.9'), null, 'also once it has been up for long')
  t.equal(ticks(''), null)
  t.equal(ticksOf({ uptime: '5060.02', ownStat: '', ranSeconds: 60 }), null)
  t.type(await ticksNow(), 'number', 'here there is one')
})

t.test('no reload command is told a key', async t => {
  const out = await scratch(t)
  const told = join(out, 'told')
  const script = `{ env; cat /proc/$$/cmdline; } > ${told}.new && mv ${told}.new ${told}`
  const { lines, path } = await startRendering(t, { onChange: { command: ['sh', '-c', script] } })
  await lines.until('reloaded')
  const text = await readFile(told, 'utf8')
  t.match(text, `KEYTURN_FILE=${path}`)
  t.match(text, 'KEYTURN_VERSION=1')
  for (const key of Object.values(fencedKeyset(1).keys)) t.notOk(text.includes(key))
})
