import t from 'tap'
import { platformScenes } from './platforms.ts'
import { repairScenes } from './repairs.ts'

for (const [scene, play] of Object.entries({ ...repairScenes, ...platformScenes })) {
  t.test(scene, async t => t.equal(play(), null))
}
