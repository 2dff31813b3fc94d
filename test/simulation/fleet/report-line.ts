import { type Report, type ReportAnswer, reportAnswerSchema, reportSchema } from '@keyturn/protocol'
import type { CoordinatorLine } from '../../../packages/sidecar/src/ports.ts'
import { AzureError } from '../azure/ports.ts'
import type { SimProcess } from '../time/process.ts'
import type { World } from '../world.ts'
import type { SimCoordinator } from './coordinator.ts'
import type { SimDisk, SimPod } from './pod.ts'

/** Beyond the hold: a coordinator that answers later than this is away. */
const answerWithinMs = 10_000

/** A member's reports on their way to whichever coordinator answers at the service's address. */
export const reportLine = (world: World, pod: SimPod, process: SimProcess): CoordinatorLine => ({
  report: (report, signal) => send(world, pod, process, report, signal),
  close: async () => {},
})

const send = (
  world: World,
  pod: SimPod,
  process: SimProcess,
  report: Report,
  signal: AbortSignal,
): Promise<ReportAnswer> =>
  new Promise((resolve, reject) => {
    const { timeline } = world
    const { disk } = pod
    const gone = new AbortController()
    const withinMs = report.holdMs + answerWithinMs
    const late = process.after(withinMs, () => end(() => reject(new AzureError('ETIMEDOUT'))))
    const end = (settle: () => void): void => {
      late.run = null
      forget()
      signal.removeEventListener('abort', onAbort)
      settle()
      timeline.after(5, () => gone.abort())
    }
    const onAbort = (): void => end(() => reject(signal.reason))
    const forget = process.whenDead(() => timeline.after(5, () => gone.abort()))
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const isLost = (): boolean => world.reports.isCut(pod)
    const answered = (answer: ReportAnswer): void => {
      if (isLost() || world.reports.losesAnswer(pod)) return
      process.after(process.chance.int(1, 20), () =>
        end(() => resolve(world.settings.strictWire ? reportAnswerSchema.parse(answer) : answer)),
      )
    }
    const arrive = (): void => {
      if (isLost()) return
      const there = world.coordinatorThatAnswers(process.chance)
      if (there === null) {
        process.after(2, () => end(() => reject(new AzureError('ECONNREFUSED'))))
        return
      }
      hear(world, { pod, disk }, there, report, gone.signal, answered)
    }
    for (const delayMs of world.reports.delaysMs(pod, process.chance)) {
      timeline.after(delayMs, arrive)
    }
  })

const hear = (
  world: World,
  { pod, disk }: { readonly pod: SimPod; readonly disk: SimDisk },
  { process, leading, account }: SimCoordinator,
  report: Report,
  gone: AbortSignal,
  answered: (answer: ReportAnswer) => void,
): void => {
  const taken = world.settings.strictWire ? reportSchema.parse(structuredClone(report)) : report
  process.deliver(() => {
    const answering = leading.hear(account, pod.name, taken, gone)
    world.checker.recorded(pod, report, disk)
    answering.then(answered, () => undefined)
  })
}
