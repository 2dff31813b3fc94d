import type { SourceFile } from 'typescript/unstable/ast'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'

/** TypeScript could not read a file. */
export class NotParsed extends Error {}

const options = {
  allowJs: true,
  module: 'esnext',
  noEmit: true,
  noLib: true,
  noResolve: true,
  target: 'esnext',
  types: [],
}

/**
 * Parses files, given as path and text, with the compiler's own parser: nothing is resolved or
 * checked. `visit` gets each tree while it can still be read.
 *
 * The compiler calls this API unstable; only this file knows of it, so that a change there
 * is mended here.
 *
 * @throws NotParsed where a file has a syntax error: half a tree would hide imports
 */
export const parse = (
  texts: ReadonlyMap<string, string>,
  visit: (path: string, tree: SourceFile) => void,
): void => {
  const disk: Record<string, string> = {}
  for (const [path, text] of texts) disk[`/${path}`] = text
  disk['/tsconfig.json'] = JSON.stringify({ compilerOptions: options, files: [...texts.keys()] })
  const api = new API({ cwd: '/', fs: createVirtualFileSystem(disk) })
  try {
    const [project] = api.updateSnapshot({ openProjects: ['/tsconfig.json'] }).getProjects()
    for (const path of texts.keys()) {
      const tree = project?.program.getSourceFile(`/${path}`)
      const [error] = project?.program.getSyntacticDiagnostics(`/${path}`) ?? []
      if (tree === undefined || error !== undefined)
        throw new NotParsed(`${path}: ${error?.text ?? 'not found by the compiler'}`)
      visit(path, tree)
    }
  } finally {
    api.close()
  }
}
