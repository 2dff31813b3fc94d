/** What may befall one POST to ARM. */
export type Mail = 'delivered' | 'answer-lost' | 'never-sent' | 'late' | 'error-after-effect'

/** How the ways to Azure are at present; faults change it, healing clears it. */
export class AzureWeather {
  armDownUntil = 0
  armThrottledUntil = 0
  armForgetsUntil = 0
  vaultDownUntil = 0
  /** What becomes of the next POSTs, one each. */
  readonly mail: Mail[] = []
  /** What becomes of the next writes to the vault, one each. */
  readonly writes: ('lost' | 'answer-lost' | 'late')[] = []
  /** Called when a coordinator is just about to send, so that it may be stopped or killed there. */
  readonly atSending: ((what: 'post' | 'write') => void)[] = []

  heal(): void {
    this.armDownUntil = 0
    this.armThrottledUntil = 0
    this.armForgetsUntil = 0
    this.vaultDownUntil = 0
    this.mail.length = 0
    this.writes.length = 0
    this.atSending.length = 0
  }
}
