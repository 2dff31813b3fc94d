import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const blockSize = 512

const text = (block: Buffer, from: number, to: number): string =>
  block.toString('utf8', from, to).replace(/\0.*$/s, '')

/**
 * Unpacks what `npm pack` made, without the folder `package/` that it puts around everything, as
 * an installation would.
 *
 * @throws where the archive holds anything but plain files
 */
export const untar = (archive: string, folder: string): void => {
  const bytes = gunzipSync(readFileSync(archive))
  for (let at = 0; at < bytes.length; ) {
    const header = bytes.subarray(at, at + blockSize)
    const name = text(header, 0, 100)
    // Two empty blocks are the end.
    if (name === '') return
    const type = text(header, 156, 157)
    if (type !== '0') throw new Error(`${archive}: ${name} is an entry of type ${type}`)
    const size = Number.parseInt(text(header, 124, 136), 8)
    const prefix = text(header, 345, 500)
    const path = (prefix === '' ? name : `${prefix}/${name}`).replace(/^package\//, '')
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    const start = at + blockSize
    writeFileSync(file, bytes.subarray(start, start + size))
    at = start + Math.ceil(size / blockSize) * blockSize
  }
}
