import type { Mutant } from './mutant.ts'

const file = 'rotation/publish.ts'
const worlds = ['scenes']

/** A vault that was repaired while no coordinator was there. */
export const repairMutants: readonly Mutant[] = [
  {
    name: 'a repair is never followed',
    rule: 'P8',
    file,
    find: 'if (!justRead(vault) || !isRepair(record, vault.latest)) return null',
    replace: 'if (!justRead(vault) || !isRepair(record, vault.latest) || true) return null',
    worlds,
  },
  {
    name: 'a signed repair blocks as any edit by hand',
    rule: 'P3',
    file,
    find: 'if (isSigned(record, latest)) return null',
    replace: '',
    worlds,
  },
  {
    name: 'a repair by nobody is an edit by hand',
    rule: 'P8',
    file,
    find: '(latest.installation === null || latest.installation === record.installation)',
    replace: 'latest.installation === record.installation',
    worlds,
  },
  {
    name: 'a repair that another installation signed is followed',
    rule: 'P8',
    file,
    find: '(latest.installation === null || latest.installation === record.installation)',
    replace: 'true',
    worlds,
  },
  {
    name: 'what is published after a repair has its version',
    rule: 'P8',
    file,
    find: 'version: Math.max(version, largestVersion(fleet)) + 1',
    replace: 'version',
    worlds,
  },
  {
    name: 'what is published after a repair continues above the vault alone',
    rule: 'P8',
    file,
    find: 'version: Math.max(version, largestVersion(fleet)) + 1',
    replace: 'version: version + 1',
    worlds,
  },
  {
    name: 'a repair says which slot signs and which is fenced',
    rule: 'P8',
    file,
    find: 'const above = { ...publication,',
    replace: 'const above = { ...vault.latest,',
    worlds,
  },
  {
    name: 'the mark of a fence outlives a repair that lifted it',
    rule: 'P6',
    file: 'rotation/fold.ts',
    find: 'rotation: rotation && { ...rotation, fenceAcknowledged: null },',
    replace: 'rotation,',
    worlds,
  },
  {
    name: 'a key counts as open since before a repair',
    rule: 'P5',
    file: 'rotation/fold.ts',
    find: 'published: publishing(null, publication, at),',
    replace: 'published: publishing(record.published, publication, at),',
    worlds,
  },
]
