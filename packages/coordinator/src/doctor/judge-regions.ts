import { type Slot, slots } from '@keyturn/core'
import type { ClockFacts, Facts, RegionFacts } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'
import { runningPhase } from './judge-vault.ts'

const regions = trouble('regions')

export const judgeRegions = (facts: Facts): readonly Finding[] => {
  const found = facts.regions.flatMap(region => [...judgeReach(region), ...judgeKeys(region)])
  const untried = slots.filter(slot => facts.regions.every(({ keys }) => keys[slot] === undefined))
  if (untried.length > 0 && facts.regions.length > 0) found.push(notTried(facts, untried))
  const names = facts.regions.map(({ name }) => name).join(', ')
  return found.length > 0 || facts.regions.length === 0
    ? found
    : [well('regions', `${names}: reachable, and both keys are accepted.`)]
}

const judgeReach = ({ name, endpoint, reached }: RegionFacts): readonly Finding[] =>
  reached.known && (reached.value.status < 500 || reached.value.blocked)
    ? []
    : [
        regions(
          'wrong',
          'REGION_UNREACHABLE',
          `${name} does not answer at ${endpoint} (${reached.known ? `HTTP ${reached.value.status}` : reached.why}).`,
          'See that this machine resolves and reaches it: a new key has to be accepted in every region.',
        ),
      ]

const judgeKeys = ({ name, endpoint, keys, reached }: RegionFacts): readonly Finding[] =>
  reached.known && !reached.value.blocked
    ? slots.flatMap(slot => {
        const met = keys[slot]
        return met === undefined || met === null
          ? []
          : [
              regions(
                'wrong',
                'KEY_REFUSED',
                `The ${slot} key is not accepted in ${name} at ${endpoint} (${met}).`,
                'If it was regenerated a moment ago, wait: it may need minutes to spread. Nothing else may be regenerated meanwhile.',
              ),
            ]
      })
    : []

const notTried = (facts: Facts, untried: readonly Slot[]): Finding => {
  const which = untried.join(' and ')
  if (runningPhase(facts) !== null) {
    return regions(
      'unasked',
      'KEY_NOT_TRIED',
      `A rotation runs: the ${which} key was not tried, because our request would count as its use.`,
      'keyturn status shows what the coordinator’s own probes have found.',
    )
  }
  if (!facts.keys.known) {
    return regions(
      'unasked',
      'KEY_NOT_TRIED',
      `The ${which} key could not be tried, since the keys could not be listed.`,
      'Mend that first.',
    )
  }
  return regions(
    'unasked',
    'KEY_NOT_TRIED',
    `The ${which} key was not tried: Azure would count it as used, and may then refuse to regenerate it for 12 hours.`,
    'Where that does not matter, try it too with --probe-standby.',
  )
}

const clocks = trouble('clocks')

/** Cosmos DB refuses a date 15 minutes behind its own; how far ahead is not published, 5 is met. */
const refusedMs = 300_000
/** Far more than a synchronized clock is off, and a few seconds more than an answer's date tells. */
const offMs = 30_000

export const judgeClocks = ({ clocks: asked }: Facts): readonly Finding[] => {
  const found = asked.flatMap(judgeClock)
  const known = asked.flatMap(({ aheadMs }) => (aheadMs.known ? [Math.abs(aheadMs.value)] : []))
  const most = Math.round(Math.max(0, ...known) / 1000)
  return found.length > 0 || asked.length === 0
    ? found
    : [well('clocks', `This machine's clock and Azure's are within ${most + 1} s of each other.`)]
}

const judgeClock = ({ of, aheadMs }: ClockFacts): readonly Finding[] => {
  if (!aheadMs.known) {
    const sentence = `The clock of ${of} could not be read (${aheadMs.why}).`
    return [clocks('unasked', 'CLOCK_UNKNOWN', sentence, `Mend the findings on ${of} first.`)]
  }
  const off = aheadMs.value
  if (Math.abs(off) <= offMs) return []
  const seconds = Math.round(Math.abs(off) / 1000)
  return [
    clocks(
      Math.abs(off) > refusedMs ? 'wrong' : 'warning',
      'CLOCK_OFF',
      `The clock of ${of} is ${seconds} s ${off > 0 ? 'ahead of' : 'behind'} this machine's.`,
      'Synchronize this machine’s clock (chrony, systemd-timesyncd): Azure refuses requests and tokens whose dates are off.',
    ),
  ]
}
