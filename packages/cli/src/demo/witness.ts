import type { AzureByHand } from './azure.ts'

interface Testimony {
  readonly arm: readonly { readonly verb: string; readonly path: string; readonly status: number }[]
}

/** How many `regenerateKey` calls ARM took, as the simulator's own witness wrote them down. */
export const regenerateCalls = async (hand: AzureByHand): Promise<number> => {
  const { arm } = await hand.control<Testimony>('/witness')
  return arm.filter(
    ({ verb, path, status }) =>
      verb === 'POST' && /\/regenerateKey$/i.test(path.split('?')[0] ?? '') && status < 300,
  ).length
}
