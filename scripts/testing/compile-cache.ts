import { join } from 'node:path'

/**
 * Hundreds of processes load the same modules: what Node has made of them once is kept, beside the
 * installed packages, and goes with them. Sources that changed are compiled anew.
 */
export const withCompileCache = (root: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
  ...env,
})
