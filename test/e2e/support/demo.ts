import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Description } from '@keyturn/azure-sim'
import { AzureByHand } from '../../../packages/cli/src/demo/azure.ts'
import { type Running, startNode } from '../../support/process/run.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What `npm start` runs, word for word, without npm around it. */
const startCommand = (): readonly string[] => {
  const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    scripts: Record<string, string>
  }
  const [node, ...args] = scripts['start']?.split(' ') ?? []
  if (node !== 'node') throw new Error('npm start does not start with node')
  return args
}

export const startDemo = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Running =>
  startNode([...startCommand(), ...args], { cwd: root, env })

/** Every process below this one, as the kernel knows them. */
export const descendants = (pid: number): readonly number[] => {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter(each => /^\d+$/.test(each))) {
    const parent = parentOf(Number(name))
    if (parent !== null) parents.set(Number(name), parent)
  }
  const found = [pid]
  for (const each of found) {
    for (const [child, parent] of parents) if (parent === each) found.push(child)
  }
  return found.slice(1)
}

/** `null`: it is no more. */
const parentOf = (pid: number): number | null => {
  try {
    // The name in parentheses may hold anything: what follows the last one is state and parent.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? null : Number(parent)
  } catch {
    return null
  }
}

export const isAlive = (pid: number): boolean => parentOf(pid) !== null

/** The command line of a process, or nothing where it is gone. */
export const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** The Azure of a run whose folder is kept, by what it printed when it started. */
export const azureIn = (folder: string): AzureByHand | null => {
  const log = join(folder, 'azure-sim.log')
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []
  const line = lines.find(each => each.includes('"controlUrl"'))
  return line === undefined ? null : new AzureByHand(JSON.parse(line) as Description)
}
