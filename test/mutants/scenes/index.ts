import { platformScenes } from './platforms.ts'
import { repairScenes } from './repairs.ts'
import type { Scene } from './scene.ts'

const scenes: Readonly<Record<string, Scene>> = { ...repairScenes, ...platformScenes }

export const sceneCount = Object.keys(scenes).length

/** One scene after the other; what broke first, or `null`. */
export const playScenes = (): { readonly scene: string; readonly why: string } | null => {
  for (const [scene, play] of Object.entries(scenes)) {
    const why = play()
    if (why !== null) return { scene, why }
  }
  return null
}
