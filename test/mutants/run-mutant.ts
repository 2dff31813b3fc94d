import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Bounds, Caught } from './hunt.ts'
import { BadMutant, type Mutant, mutated } from './mutant.ts'

const coreSources = fileURLToPath(new URL('../../packages/core/src', import.meta.url))

export interface MutantResult extends Caught {
  readonly name: string
  readonly rule: string | null
  /** Which others had to go as well, since each of them stands in its way by itself. */
  readonly together: readonly string[]
  readonly ms: number
}

/** @throws {BadMutant} before anything is started, where a mutation no longer fits its file. */
export const checkFits = (mutants: readonly Mutant[]): void => {
  for (const mutant of mutants)
    mutated(mutant, readFileSync(join(coreSources, mutant.file), 'utf8'))
}

/** Hunts it, together with what stands in its way where it says so. */
export const runMutant = async (
  mutant: Mutant,
  all: readonly Mutant[],
  bounds: Bounds,
): Promise<MutantResult> => {
  const start = performance.now()
  const { name, rule = null, behind: together = [], worlds } = mutant
  const others = together.map(other => named(all, other))
  // One that cannot be hunted is not caught, and holds up no other.
  const caught = await huntIn([mutant, ...others], worlds, bounds).catch(failed)
  return { name, rule, together, ...caught, ms: Math.round(performance.now() - start) }
}

const failed = (error: unknown): Caught => {
  const what = `could not be hunted: ${error instanceof Error ? error.message : String(error)}`
  return { by: null, states: 0, seeds: 0, what, trace: [] }
}

const named = (all: readonly Mutant[], name: string): Mutant => {
  const found = all.find(mutant => mutant.name === name)
  if (found) return found
  throw new BadMutant(`No mutation is called: ${name}.`)
}

/** Changes a copy of core, and lets worlds and schedules run over that copy. */
const huntIn = async (
  changes: readonly Mutant[],
  places: readonly string[],
  bounds: Bounds,
): Promise<Caught> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-mutant-'))
  try {
    const copy = join(folder, 'src')
    cpSync(coreSources, copy, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    for (const change of changes) {
      const file = join(copy, change.file)
      writeFileSync(file, mutated(change, readFileSync(file, 'utf8')))
    }
    return await inProcess(join(copy, 'index.ts'), places, bounds)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A hunt that neither ends nor finds anything in so long has gone wrong. */
const withinMs = 900_000

const inProcess = async (
  core: string,
  places: readonly string[],
  { statesMax, seedsMax }: Bounds,
): Promise<Caught> => {
  const args = [
    '--conditions=keyturn-source',
    '--disable-warning=ExperimentalWarning',
    '--max-old-space-size=3500',
    `--import=${script('redirect.ts')}`,
    script('hunt-one.ts'),
    places.join(),
    String(statesMax),
    String(seedsMax),
  ]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, KEYTURN_MUTATED_CORE: core },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: withinMs,
  })
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const code = await ended
  const last = out.trimEnd().split('\n').at(-1) ?? ''
  if (code === 0 && last.startsWith('{')) return JSON.parse(last) as Caught
  throw new Error(`A mutant's process ended with ${code}: ${err.trim()}`)
}
