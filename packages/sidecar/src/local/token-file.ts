import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { reasonOf, SidecarError } from '../error.ts'

/** 256 bits. */
const tokenBytes = 32
/** Shorter ones were typed by somebody, and can be guessed. */
const tokenLengthMin = 32
const othersMayRead = 0o007

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * The token without which nobody is answered on TCP. The file is read anew for each request: a
 * token that is replaced is void at once, and clients re-read it when they are refused.
 */
export class TokenFile {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /**
   * Makes the file with a random token and mode 0600, unless it is there.
   * @throws SidecarError TOKEN_UNUSABLE
   */
  static async open(path: string): Promise<TokenFile> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await makeUnlessThere(path)
      await check(path)
    } catch (error) {
      if (error instanceof SidecarError) throw error
      throw unusable(path, reasonOf(error), error)
    }
    return new TokenFile(path)
  }

  /** Whether this is the token. In constant time, and `false` where the file cannot be read. */
  async admits(presented: string | undefined): Promise<boolean> {
    if (presented === undefined) return false
    const token = await readFile(this.#path, 'utf8').catch(() => '')
    if (token.trim().length < tokenLengthMin) return false
    return timingSafeEqual(digest(presented), digest(token.trim()))
  }
}

const unusable = (path: string, why: string, cause?: unknown): SidecarError =>
  new SidecarError(
    'TOKEN_UNUSABLE',
    `The token file ${path} cannot be used (${why}): let the sidecar make it, in a directory that it may write.`,
    cause,
  )

/** Written beside it and linked into place: nobody reads half of it, nobody's token is replaced. */
const makeUnlessThere = async (path: string): Promise<void> => {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`
  const token = randomBytes(tokenBytes).toString('base64url')
  await writeFile(unfinished, `${token}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(unfinished, path)
  } catch (error) {
    if (reasonOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(unfinished)
  }
}

const check = async (path: string): Promise<void> => {
  const { mode } = await stat(path)
  // Windows knows no modes: there its directory protects it.
  if (process.platform !== 'win32' && (mode & othersMayRead) !== 0) {
    throw unusable(path, 'everybody on this machine may read it')
  }
  const token = await readFile(path, 'utf8')
  if (token.trim().length < tokenLengthMin) {
    throw unusable(path, `it holds fewer than ${tokenLengthMin} characters`)
  }
}
