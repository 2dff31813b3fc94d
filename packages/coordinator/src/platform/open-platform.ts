import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Platform, WallClock } from '../ports.ts'
import { CommandPlatform } from './command.ts'
import { openKubeApi } from './kubernetes/client.ts'
import { KubernetesPlatform } from './kubernetes/kubernetes.ts'
import { noteFile } from './kubernetes/note-file.ts'
import type { PlatformConfig } from './options.ts'

export interface PlatformPlace {
  /** What the account is called: its notes are kept under it. */
  readonly account: string
  readonly dataDirectory: string
  readonly clock: WallClock
  /** In [0, 1). */
  readonly chance: () => number
  readonly log: Logger
}

/** The platform that a policy relies on; `null`: none. Nothing is asked of it before it starts. */
export const openPlatform = (
  config: PlatformConfig | undefined,
  { account, dataDirectory, clock, chance, log }: PlatformPlace,
): Platform | null => {
  if (config?.is === 'command') {
    const { command, everyMs, timeoutMs } = config
    return new CommandPlatform({ command, everyMs, timeoutMs, clock, chance, log })
  }
  if (config?.is !== 'kubernetes') return null
  const { namespaces, selector, machines, kubeconfig } = config
  // Of another selector nothing was seen: its notes are its own.
  const asked = createHash('sha256').update(JSON.stringify({ namespaces, selector, machines }))
  const file = `platform-${account}-${asked.digest('hex').slice(0, 12)}.json`
  return new KubernetesPlatform({
    api: () => openKubeApi(kubeconfig),
    ...{ namespaces, selector, machines, clock, chance, log },
    notes: noteFile(join(dataDirectory, file), log),
  })
}
