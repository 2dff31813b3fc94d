import { readFile, realpath } from 'node:fs/promises'

/** A file that is a mount of its own: what is mounted stays what it was when the mount was made. */
export class SubPathError extends Error {
  override readonly name = 'SubPathError'
  readonly code = 'FILE_NEVER_UPDATES'

  constructor(name: string) {
    super(
      `${name} is mounted as a single file (subPath, or a bind mount of a file), and such a file ` +
        'never updates: the process would run on the old keys after a rotation. Mount the whole ' +
        'volume as a directory.',
    )
  }
}

/** The kernel writes spaces, tabs, line ends and backslashes of paths as octal. */
const plain = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )

/** Where something is mounted, as `/proc/self/mountinfo` says: the fifth field of each line. */
export const mountPoints = (mountinfo: string): ReadonlySet<string> =>
  new Set(
    mountinfo.split('\n').flatMap(line => {
      const [, , , , point] = line.split(' ')
      return point === undefined ? [] : [plain(point)]
    }),
  )

/** @throws SubPathError. Where the kernel does not say what is mounted, nothing is refused. */
export const refuseSubPath = async (
  path: string,
  name: string,
  mountinfoPath = '/proc/self/mountinfo',
): Promise<void> => {
  const mountinfo = await readFile(mountinfoPath, 'utf8').catch(() => '')
  const at = await realpath(path).catch(() => path)
  if (mountPoints(mountinfo).has(at)) throw new SubPathError(name)
}
