import type { Schedule } from './schedule.ts'

const quiet = {
  connections: 16,
  latencies: [0],
  taken: [[], []],
  events: [],
  remade: null,
  skews: [],
} satisfies Partial<Schedule>

const west = 'https://west.example'

/** Schedules that once broke the promise, as small as they were found; played first for ever. */
export const foundSchedules: readonly Schedule[] = [
  {
    // A write went on trying a read-only key while its container was remade.
    ...quiet,
    connections: 1,
    sourceDelayMs: 0,
    first: {
      content: { keys: { primary: 0, secondary: 1 }, active: 'primary', fenced: [] },
      at: 0,
    },
    taken: [[2, 4], []],
    events: [
      {
        at: 0,
        event: {
          do: 'publish',
          content: { keys: { primary: 4, secondary: 2 }, active: 'primary', fenced: [] },
        },
      },
    ],
    operations: [{ at: 1, endpoint: west, what: 'write' }],
    remade: { at: 0, endpoint: west, ms: 27 },
  },
  {
    // A read that began before the question swapped to a keyset without a usable key.
    ...quiet,
    sourceDelayMs: 2,
    first: {
      content: { keys: { primary: 0, secondary: 1 }, active: 'primary', fenced: [] },
      at: 0,
    },
    events: [
      {
        at: 0,
        event: {
          do: 'swap',
          content: { keys: { primary: 0, secondary: 1 }, active: 'primary', fenced: ['primary'] },
        },
      },
      {
        at: 1020,
        event: {
          do: 'publish',
          content: { keys: { primary: 0, secondary: 1 }, active: 'primary', fenced: [] },
        },
      },
      { at: 0, event: { do: 'throttle', requests: 1 } },
      {
        at: 0,
        event: {
          do: 'publish',
          content: {
            keys: { primary: 0, secondary: 1 },
            active: 'primary',
            fenced: ['primary', 'secondary'],
          },
        },
      },
      { at: 0, event: { do: 'take', endpoint: west, keys: [0] } },
    ],
    operations: [
      { at: 1021, endpoint: west, what: 'read' },
      { at: 994, endpoint: west, what: 'account' },
      { at: 0, endpoint: west, what: 'read' },
    ],
  },
]
