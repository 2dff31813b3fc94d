import { join } from 'node:path'
import { Sidecar, type SidecarOptions } from '@keyturn/sidecar'
import { FakeCoordinator } from './fake-coordinator.ts'
import { keyset, SpokenSource } from './keysets.ts'
import { LogLines } from './log-lines.ts'
import { scratch } from './scratch.ts'

interface Test {
  teardown(clean: () => unknown): unknown
}

export interface Beside {
  readonly sidecar: Sidecar
  readonly source: SpokenSource
  readonly coordinator: FakeCoordinator
  readonly directory: string
  readonly socket: string
  readonly lines: LogLines
}

/**
 * A keyset whose standby is fenced, so that it needs no probe: for tests of everything else.
 * The same keys in every version.
 */
const keys = keyset().keys
export const fencedKeyset = (version: number) =>
  keyset({ version, active: 'primary', fenced: ['secondary'], keys })

/** A sidecar with a source that the test speaks through and a coordinator that it looks into. */
export const startBeside = async (
  t: Test,
  change: Partial<SidecarOptions> = {},
  coordinator?: FakeCoordinator,
): Promise<Beside> => {
  const directory = await scratch(t)
  const taken = coordinator ?? (await FakeCoordinator.start())
  if (coordinator === undefined) t.teardown(() => taken.stop())
  const source = new SpokenSource(fencedKeyset(1))
  const lines = new LogLines()
  const socket = join(directory, 'keyturn.sock')
  const sidecar = new Sidecar({
    name: 'pod-1',
    source,
    socket,
    stateDirectory: join(directory, 'state'),
    coordinator: { url: taken.url },
    joinWaitMs: 60_000,
    log: lines.log,
    ...change,
  })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  return { sidecar, source, coordinator: taken, directory, socket, lines }
}
