import { isAbsolute } from 'node:path'
import { nameSchema } from '@keyturn/protocol'
import { SidecarError } from '../error.ts'
import { passiveId, type RenderedFile } from './rendered-file.ts'
import { unknownNames } from './text.ts'

const refuse = (message: string): never => {
  throw new SidecarError('BAD_OPTIONS', message)
}

const twice = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index)

/** @throws SidecarError BAD_OPTIONS */
export const checkRendered = (files: readonly RenderedFile[]): void => {
  const sameName = twice(files.map(({ consumer }) => consumer))
  if (sameName !== undefined) refuse(`Two rendered files have the consumer ${sameName}: name each.`)
  const samePath = twice(files.map(({ path }) => path))
  if (samePath !== undefined)
    refuse(`Two consumers are rendered into ${samePath}: give each its own.`)
  for (const file of files) checkOne(file)
}

const checkOne = ({ consumer, path, format, mode, onChange, pidFile }: RenderedFile): void => {
  if (!nameSchema.safeParse(passiveId(consumer)).success) {
    refuse('A consumer is named with letters, digits, dots and dashes, at most 118.')
  }
  if (!isAbsolute(path)) refuse(`The rendered file of ${consumer} needs an absolute path.`)
  if (typeof format === 'object') {
    const [unknown] = unknownNames(format.template)
    if (unknown !== undefined) {
      refuse(`The template of ${consumer} asks for {{${unknown}}}, which there is not.`)
    }
  }
  if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) {
    refuse(`The mode of ${consumer}'s file is a number from 0o000 to 0o777, such as 0o640.`)
  }
  if (onChange !== undefined && 'signal' in onChange && pidFile === undefined) {
    refuse(`A signal for ${consumer} needs the pidFile of the process that takes it.`)
  }
}
