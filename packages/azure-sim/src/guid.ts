import { createHash } from 'node:crypto'

/** Always the same for the same name, so that configurations outlive a restart. */
export function guidFrom(name: string): string {
  const hex = createHash('sha256').update(`azure-sim ${name}`).digest('hex')
  const variant = `8${hex.slice(17, 20)}`
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant,
    hex.slice(20, 32),
  ].join('-')
}
