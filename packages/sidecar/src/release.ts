import { readFileSync } from 'node:fs'

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')

/** The version of Keyturn that runs here: reports name it, so that old members are seen. */
export const release: string = (JSON.parse(manifest) as { version: string }).version
