import { notServing, sayableAcknowledgement, statementOf } from '@keyturn/core'
import type { View } from './view.ts'

export type Read = (view: View) => number | null | readonly Labelled[]
type Labelled = readonly [labels: Readonly<Record<string, string>>, value: number]

export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly labels?: readonly string[]
  /** `null`: not known, and so not told. */
  readonly read: Read
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

const labelled =
  (label: string, prefix: string): Read =>
  ({ tally }) =>
    tally.under(prefix).map(([value, count]) => [{ [label]: value }, count])

const clientsByState: Read = ({ state }) =>
  (['attached', 'lost'] as const).map(of => [
    { state: of },
    state().clients.filter(client => client.state === of).length,
  ])

const refusals: Read = ({ state }) => {
  const { refused } = statementOf(state())
  const byKey = Map.groupBy(refused, ({ fingerprint }) => fingerprint)
  return [...byKey].map(([fingerprint, some]) => [{ fingerprint }, some.length])
}

/** Every metric of the sidecar; docs/metrics.md has them all, and no others. */
export const metrics: readonly Metric[] = [
  {
    name: 'keyturn_keyset_version',
    help: 'Version of the keyset held; 0 for layouts without versions, absent before the first.',
    type: 'gauge',
    read: ({ state }) => state().held?.version ?? null,
  },
  {
    name: 'keyturn_keyset_acknowledged_version',
    help: 'Version that all clients hold and that may be said to the coordinator.',
    type: 'gauge',
    read: ({ state }) => sayableAcknowledgement(state())?.version ?? null,
  },
  {
    name: 'keyturn_keyset_age_seconds',
    help: 'Time since the source last answered with a valid keyset.',
    type: 'gauge',
    read: ({ source }) => seconds(source().ageMs),
  },
  {
    name: 'keyturn_keyset_swaps_total',
    help: 'Keysets taken, the first one included.',
    type: 'counter',
    read: ({ tally }) => tally.of('keyset-swapped'),
  },
  {
    name: 'keyturn_source_errors_total',
    help: 'Failures of the source that were noticed, each kind once until it recovers.',
    type: 'counter',
    read: ({ tally }) => tally.of('source-failed'),
  },
  {
    name: 'keyturn_serving',
    help: '1 while applications are handed the keyset, else 0.',
    type: 'gauge',
    read: ({ state }) => (notServing(state()) === null ? 1 : 0),
  },
  {
    name: 'keyturn_clients',
    help: 'Clients by state: attached, or lost (vanished and not proven dead).',
    type: 'gauge',
    labels: ['state'],
    read: clientsByState,
  },
  {
    name: 'keyturn_refusals',
    help: 'Regional endpoints that refuse a key now, by its fingerprint.',
    type: 'gauge',
    labels: ['fingerprint'],
    read: refusals,
  },
  {
    name: 'keyturn_report_lag_seconds',
    help: 'Time since the coordinator last answered a report; a report may be held for 20 s.',
    type: 'gauge',
    read: ({ reportLagMs }) => seconds(reportLagMs()),
  },
  {
    name: 'keyturn_report_errors_total',
    help: 'Reports that did not reach the coordinator.',
    type: 'counter',
    read: ({ tally }) => tally.of('coordinator-away'),
  },
  {
    name: 'keyturn_state_errors_total',
    help: 'Writes of the durable state that failed.',
    type: 'counter',
    read: ({ tally }) => tally.of('state-not-written'),
  },
  {
    name: 'keyturn_local_refused_total',
    help: 'Requests to the local API that were answered with a problem, by its code.',
    type: 'counter',
    labels: ['code'],
    read: labelled('code', 'refused:'),
  },
  {
    name: 'keyturn_local_dropped_total',
    help: 'Connections to the local API that were cut off: too many, or too slow a reader.',
    type: 'counter',
    labels: ['reason'],
    read: labelled('reason', 'dropped:'),
  },
  {
    name: 'keyturn_rendered_files_total',
    help: 'Files rendered, by consumer.',
    type: 'counter',
    labels: ['consumer'],
    read: labelled('consumer', 'rendered:'),
  },
  {
    name: 'keyturn_render_errors_total',
    help: 'Files that could not be written, and reload commands that failed, by consumer.',
    type: 'counter',
    labels: ['consumer'],
    read: labelled('consumer', 'render-error:'),
  },
  {
    name: 'keyturn_rendered_current',
    help: '1 while a rendered file shows the keyset that is held, else 0.',
    type: 'gauge',
    labels: ['consumer'],
    read: ({ rendered }) =>
      rendered().map(({ consumer, isCurrent }) => [{ consumer }, Number(isCurrent)]),
  },
  {
    name: 'keyturn_rendered_acknowledged',
    help: '1 once the consumer of a rendered file has loaded the keyset that is held, else 0.',
    type: 'gauge',
    labels: ['consumer'],
    read: ({ rendered }) =>
      rendered().map(({ consumer, isAcknowledged }) => [{ consumer }, Number(isAcknowledged)]),
  },
]
