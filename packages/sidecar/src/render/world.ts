import { type Started, startedBy, ticksNow } from './process-start.ts'
import { runCommand, type Told } from './run.ts'
import { type Place, replaceFile } from './write-file.ts'

/** What rendering reaches of the world. */
export interface RenderWorld {
  readonly replaceFile: (place: Place, text: string) => Promise<void>
  readonly run: (
    command: readonly [string, ...string[]],
    told: Told,
    timeoutMs: number,
  ) => Promise<void>
  readonly signal: (pid: number, signal: NodeJS.Signals) => void
  readonly ticksNow: () => Promise<number | null>
  readonly startedBy: (pidFile: string) => Promise<Started | null>
}

/** This machine. */
export const systemRenderWorld: RenderWorld = {
  replaceFile,
  run: runCommand,
  signal: (pid, signal) => void process.kill(pid, signal),
  ticksNow,
  startedBy,
}
