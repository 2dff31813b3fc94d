import { z } from 'zod'
import type { RenderedFile } from '../render/rendered-file.ts'

export const modeSchema = z
  .string()
  .regex(/^0?[0-7]{3}$/, 'must be three octal digits, such as 660')

/** By its number, as `chmod` writes it. */
export const modeOf = (octal: string): number => Number.parseInt(octal, 8)

const formatSchema = z.union([
  z.enum(['connection-string', 'env', 'json']),
  z.strictObject({ template: z.string() }),
])

const onChangeSchema = z.union([
  z.strictObject({
    command: z.array(z.string()).min(1),
    timeoutMs: z.int().min(1).optional(),
  }),
  z.strictObject({
    signal: z.string().regex(/^SIG[A-Z0-9]+$/, 'must be the name of a signal, such as SIGHUP'),
  }),
])

/** One rendered file in a configuration; `RenderedFile` says what each field means. */
export const renderSchema = z.strictObject({
  consumer: z.string().describe('What people call the application that reads it.'),
  path: z.string().describe('Absolute; its directory exists.'),
  format: formatSchema.describe('connection-string, env, json, or { "template": "…{{key}}…" }.'),
  mode: modeSchema.optional().describe('Octal; default 600.'),
  owner: z
    .strictObject({ uid: z.int().min(0), gid: z.int().min(0) })
    .optional()
    .describe('By number; default: the process’s own.'),
  onChange: onChangeSchema
    .optional()
    .describe('{ "command": ["program", "argument"] } or { "signal": "SIGHUP" }.'),
  pidFile: z.string().optional().describe('Where the consumer’s main process writes its pid.'),
})

type RenderConfig = z.infer<typeof renderSchema>

export const renderedFileOf = ({ mode, onChange, ...file }: RenderConfig): RenderedFile => ({
  ...(file as Omit<RenderedFile, 'mode' | 'onChange'>),
  ...(mode === undefined ? {} : { mode: modeOf(mode) }),
  ...(onChange === undefined ? {} : { onChange: onChange as RenderedFile['onChange'] & object }),
})
