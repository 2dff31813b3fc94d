import type { Pod } from '@keyturn/protocol'

export interface PodPlan {
  /** As the fleet knows it; a twin has another pod's. */
  readonly name: string
  /** As the simulation tells it apart. */
  readonly label: string
  /** `null`: it reads Key Vault itself. Otherwise a mount that lags by at most so much, in ms. */
  readonly mountLagMs: number | null
  durable: boolean
  readonly clients: number
  /** Where it runs, as its reports say it; absent: nowhere that anybody asks. */
  readonly pod?: Pod
}
