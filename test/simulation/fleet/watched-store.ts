import type { JournalEvent } from '@keyturn/core'
import type { Store } from '../../../packages/coordinator/src/ports.ts'
import type { World } from '../world.ts'
import type { SimCoordinator } from './coordinator.ts'

/** Tells the world what is appended to the journal; changes nothing of it. */
export const watched = (
  store: Store,
  world: World,
  who: () => SimCoordinator | undefined,
): Store => ({
  lead: () => store.lead(),
  confirmLead: epoch => store.confirmLead(epoch),
  observe: (account, turnMsMax) => store.observe(account, turnMsMax),
  journal: (account, after) => store.journal(account, after),
  fleet: account => store.fleet(account),
  putMembers: (account, rows, weakens) => store.putMembers(account, rows, weakens),
  dropMembers: (account, rows) => store.dropMembers(account, rows),
  close: () => store.close(),
  append: (account, expected, events, rows) => {
    const appended = store.append(account, expected, events, rows)
    const by = who()
    const name = by?.process.name ?? 'coordinator'
    for (const event of events) {
      world.trace.tell(name, sentenceOf(event))
      const phase = event.type === 'phase-entered' ? event.phase.at : null
      if (by) world.checker.journalled(event, by.process)
      world.onJournal(event.type, phase, event)
    }
    return appended
  },
})

const sentenceOf = (event: JournalEvent): string => {
  switch (event.type) {
    case 'phase-entered':
      return `enters ${event.phase.at}${'part' in event.phase ? `, ${event.phase.part}` : ''}`
    case 'publish-intended': {
      const { version, active, fenced } = event.publication
      const why = event.because === undefined ? '' : ` (${event.because})`
      return `will publish ${version}: active ${active}, fenced ${fenced.join(', ') || 'nothing'}${why}`
    }
    case 'published':
      return `has read back version ${event.version}`
    case 'regenerate-intended':
      return `intends attempt ${event.attempt} on ${event.slot}`
    case 'regenerate-settled':
      return `settles attempt ${event.attempt}: ${event.why}${event.detail ? `, ${event.detail}` : ''}`
    default:
      return event.type
  }
}
