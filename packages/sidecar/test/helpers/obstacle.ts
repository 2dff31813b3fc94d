import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A directory in the place of the file that the state is written to first: no right or quota of
 * root can help it. A write that is under way ends before it.
 * @returns how to take it away again
 */
export const obstruct = async (directory: string): Promise<() => Promise<void>> => {
  const obstacle = join(directory, 'state', 'pod-1.json.tmp')
  for (;;) {
    try {
      await mkdir(obstacle)
      return () => rm(obstacle, { recursive: true })
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== 'EEXIST') throw error
    }
  }
}
