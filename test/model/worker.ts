import { parentPort, workerData } from 'node:worker_threads'
import { runWorld } from './run-world.ts'
import type { Spec } from './world/spec.ts'

/** What a worker says of its world: how far it is, then what came of it. */
if (parentPort) {
  const port = parentPort
  const spec = workerData as Spec
  port.postMessage({
    result: runWorld(spec, {}, (states, depth) => port.postMessage({ states, depth })),
  })
}
