import { styleText } from 'node:util'
import type { Host } from '../host.ts'

export type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold'
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_, text) => text

const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false })

/** Colours where a person sits at a terminal that has some and has not declined them. */
export const paintFor = ({ stdout, env }: Host): Paint =>
  isTerminal(stdout, env) && !env['NO_COLOR'] ? coloured : plain

/** Whether a picture may be drawn anew there. */
export const isTerminal = (stdout: Host['stdout'], env: Host['env']): boolean =>
  stdout.isTTY === true && env['TERM'] !== 'dumb'
