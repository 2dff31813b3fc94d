import type { Child } from '../child.ts'
import type { ApplicationResult, FromApplication, Progress, ToApplication } from './messages.ts'
import type { Stage } from './tally.ts'

/** What all applications together have done so far. */
export interface CrewProgress {
  readonly operations: number
  readonly failed: number
  readonly healed401: number
  readonly applications: readonly { readonly name: string; readonly progress: Progress }[]
}

const nothingYet: Progress = {
  operations: 0,
  failed: 0,
  failedByCode: {},
  byOperation: {},
  healed401: 0,
  keys: null,
}

/** The applications of a run, as one. */
export class Crew {
  readonly #members: readonly { child: Child; progress: Progress }[]

  constructor(children: readonly Child[]) {
    this.#members = children.map(child => {
      const member = { child, progress: nothingYet }
      child.on('message', message => {
        const said = message as FromApplication
        if (said.say === 'progress') member.progress = said.progress
      })
      return member
    })
  }

  get progress(): CrewProgress {
    const applications = this.#members.map(({ child, progress }) => ({
      name: child.name,
      progress,
    }))
    const sum = (of: (progress: Progress) => number) =>
      applications.reduce((total, { progress }) => total + of(progress), 0)
    return {
      operations: sum(({ operations }) => operations),
      failed: sum(({ failed }) => failed),
      healed401: sum(({ healed401 }) => healed401),
      applications,
    }
  }

  /** The load begins, everywhere at once. */
  go(): void {
    this.#tell({ say: 'go' })
  }

  stage(stage: Stage): void {
    this.#tell({ say: 'stage', stage })
  }

  /** Every worker ends after the operation at hand. */
  stop(): void {
    this.#tell({ say: 'stop' })
  }

  /** Resolves when every application has ended by itself; throws where one died. */
  results(): Promise<readonly ApplicationResult[]> {
    return Promise.all(
      this.#members.map(({ child }) =>
        child.says((message: FromApplication) =>
          message.say === 'done' ? message.result : undefined,
        ),
      ),
    )
  }

  #tell(message: ToApplication): void {
    for (const { child } of this.#members) child.send(message)
  }
}
