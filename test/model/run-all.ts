import { Worker } from 'node:worker_threads'
import type { WorldResult } from './run-world.ts'
import type { Spec } from './world/spec.ts'

export interface Progress {
  readonly name: string
  readonly states: number
  readonly depth: number
}

/** A heap for some millions of states' frontier; two of them fit into 8 GB. */
const heapMb = 3_500

/** Worlds in workers, so many at a time; `first` begin, in their order: no long one is left alone. */
export const runAll = async (
  specs: readonly Spec[],
  atATime: number,
  first: readonly string[],
  tell: (running: readonly Progress[]) => void,
  ended: (result: WorldResult) => void,
): Promise<readonly WorldResult[]> => {
  const running = new Map<string, Progress>()
  const results = new Map<string, WorldResult>()
  const place = ({ name }: Spec) => (first.includes(name) ? first.indexOf(name) : first.length)
  const queue = [...specs].sort((a, b) => place(a) - place(b))
  const work = async (): Promise<void> => {
    for (let spec = queue.shift(); spec !== undefined; spec = queue.shift()) {
      const { name } = spec
      running.set(name, { name, states: 0, depth: 0 })
      const result = await inWorker(spec, progress => {
        running.set(name, { name, ...progress })
        tell([...running.values()])
      })
      running.delete(name)
      results.set(name, result)
      ended(result)
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))
  return specs.flatMap(({ name }) => results.get(name) ?? [])
}

type Said =
  | { readonly result: WorldResult }
  | { readonly result?: undefined; readonly states: number; readonly depth: number }

const inWorker = (
  spec: Spec,
  tell: (progress: { states: number; depth: number }) => void,
): Promise<WorldResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: spec,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    worker.on('message', (said: Said) => {
      if (said.result) resolve(said.result)
      else tell(said)
    })
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`${spec.name}: its worker ended with ${code}`)))
  })
