import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import type { Configured, Facts } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'
import { isOlder } from './release.ts'

const coordinator = trouble('coordinator')

/** What a running coordinator says; nothing where none was named. */
export const judgeCoordinator = ({ coordinator: asked, configured }: Facts): readonly Finding[] => {
  if (asked === null) return []
  if (!asked.known) {
    return [
      coordinator(
        'unasked',
        'COORDINATOR_SILENT',
        `The coordinator could not be asked (${asked.why}).`,
        'Start it, or name it and the operators’ token with --coordinator and --token-file.',
      ),
    ]
  }
  const status = asked.value
  if (status === null || !isSame(status, configured)) {
    return [
      coordinator(
        'wrong',
        'COORDINATOR_DIFFERS',
        `The coordinator that answers does not turn ${configured.name} as this configuration has it.`,
        'Ask the one that was started with this configuration, or start it anew with it.',
      ),
    ]
  }
  return status.published === null
    ? [
        coordinator(
          'warning',
          'NOT_ADOPTED',
          'The coordinator runs, and has not adopted the account.',
          'Run keyturn init: it writes the first keyset and changes no key.',
        ),
      ]
    : [well('coordinator', `It runs, and has adopted the account${rotating(status)}.`)]
}

const rotating = ({ rotation }: AccountStatus): string =>
  rotation?.status === 'running' ? `; a rotation is in ${rotation.phase}` : ''

const isSame = (status: AccountStatus, { account, pair }: Configured): boolean =>
  status.account.toLowerCase() === account.toLowerCase() && (status.pair ?? 'readWrite') === pair

const members = trouble('members')

export const judgeMembers = (facts: Facts): readonly Finding[] => {
  const { coordinator: asked, configured } = facts
  const status = asked?.known ? asked.value : null
  if (!status?.published || !isSame(status, configured)) return []
  const joined = status.members.filter(({ standing }) => standing === 'joined')
  const missing = configured.members.filter(
    name => !status.members.some(member => member.name === name),
  )
  const { version } = status.published
  const found = [
    ...(joined.length === 0 && !configured.acceptsNoFleet ? [empty()] : []),
    ...missing.map(name =>
      members(
        'wrong',
        'MEMBER_MISSING',
        `Member ${name} is expected and has never reported.`,
        'Start its sidecar, or take it out of the policy.',
      ),
    ),
    ...joined.flatMap(member => judgeMember(member, version, facts)),
  ]
  return found.length > 0
    ? found
    : [well('members', `${joined.length} joined; each holds version ${version}, and remembers it.`)]
}

const empty = (): Finding =>
  members(
    'wrong',
    'FLEET_UNKNOWN',
    'Nobody has joined the fleet.',
    'Start the sidecars, or accept in the policy that there are none.',
  )

const judgeMember = (
  member: MemberStatus,
  version: number,
  { configured, release }: Facts,
): Finding[] => {
  const { name, reportedMsAgo, acknowledged, durable, clients } = member
  const found: Finding[] = []
  const says = (...words: Parameters<typeof members>) => found.push(members(...words))
  if (reportedMsAgo > configured.reportAgeMsMax) {
    const ago = Math.round(reportedMsAgo / 1000)
    const sentence = `Member ${name} last reported ${ago} s ago, and a report counts for ${Math.round(configured.reportAgeMsMax / 1000)} s.`
    says(
      'wrong',
      'MEMBER_STALE',
      sentence,
      'Bring it back, or evict it once it is known to be dead.',
    )
  }
  if (acknowledged?.version === 0 || member.source === 'fixed') {
    says(
      'wrong',
      'NOT_FENCED',
      `Member ${name} follows a layout without versions and fences (${member.source}).`,
      'Point it at the keyset secret; or waive NOT_FENCED for it by name in each rotation.',
    )
  } else if (acknowledged === null || acknowledged.version < version) {
    says(
      'warning',
      'KEYSET_BEHIND',
      `Member ${name} acknowledged ${acknowledged ? `version ${acknowledged.version}` : 'nothing'} of ${version}.`,
      'See which of its clients is behind: its sidecar’s log names it.',
    )
  }
  if (durable === false) {
    says(
      'wrong',
      'MEMBER_NOT_DURABLE',
      `Member ${name} forgets its clients when it restarts.`,
      'Give its sidecar a state directory that outlives the process: --state.',
    )
  }
  if (isOlder(member.release, release)) {
    says(
      'warning',
      'MEMBER_OLDER',
      `Member ${name} runs Keyturn ${member.release ?? 'of an unknown release'}, and this is ${release}.`,
      'Roll out the sidecar’s newer image before the rotation rather than during it.',
    )
  }
  for (const client of clients.lost) {
    says(
      'wrong',
      'CLIENT_LOST',
      `Client ${client} of member ${name} vanished without a goodbye.`,
      'It counts as signing until it returns or is proven dead: restart its pod, or waive it by name.',
    )
  }
  return found
}
