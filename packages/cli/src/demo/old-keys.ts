import { setTimeout as sleep } from 'node:timers/promises'
import type { AzureByHand, KeyValues } from './azure.ts'

/** Azure itself says that an old key may live on for a while: how long the demo looks, in ms. */
const patienceMs = 10_000

/** Whether every region refuses both old keys, each tried with Microsoft's own client. */
export const oldKeysRefused = async (hand: AzureByHand, old: KeyValues): Promise<boolean> => {
  const until = performance.now() + patienceMs
  for (;;) {
    const taken = await Promise.all(
      hand.azure.regions.flatMap(({ endpoint }) =>
        Object.values(old).map(key => hand.accepts(endpoint, key)),
      ),
    )
    if (!taken.includes(true)) return true
    if (performance.now() > until) return false
    await sleep(250)
  }
}
