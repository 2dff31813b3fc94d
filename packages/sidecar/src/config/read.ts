import type { z } from 'zod'
import { SidecarError } from '../error.ts'
import { type SidecarConfig, sidecarConfigSchema } from './schema.ts'
import { isNumeric, type SidecarSetting, sidecarSettings } from './settings.ts'

/** Where a setting came from. */
export type SettingOrigin = 'flag' | 'environment' | 'file'

export interface Given {
  /** What the configuration file holds, parsed as JSON; left out: there is none. */
  readonly file?: { readonly path: string; readonly json: unknown }
  readonly env: Readonly<Record<string, string | undefined>>
  /** By path, such as `tcp.port`, each as text: `render` one JSON text for each file. */
  readonly flags: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface ReadConfig {
  readonly config: SidecarConfig
  /** Of each setting that was given, by its path. */
  readonly origins: ReadonlyMap<string, SettingOrigin>
}

const refuse = (where: string, why: string): never => {
  throw new SidecarError('BAD_OPTIONS', `${where} is wrong: ${why}.`)
}

/** The first fault in words, without quoting what was written: it may be a secret in a wrong place. */
const faultOf = ({ issues: [issue] }: z.ZodError): string =>
  (issue?.message ?? 'it is not understood').replace(/\.$/, '')

/**
 * Flags count more than the environment, and that more than the file, each setting by itself.
 * @throws SidecarError BAD_OPTIONS, in one sentence that names the flag, variable or field
 */
export const readSidecarConfig = ({ file, env, flags }: Given): ReadConfig => {
  const config: Record<string, unknown> = file === undefined ? {} : readFileLayer(file)
  const origins = new Map<string, SettingOrigin>()
  for (const setting of sidecarSettings) {
    const { path, flag, variable } = setting
    if (valueAt(config, path) !== undefined) origins.set(path, 'file')
    const text = flags[path]
    const fromEnv = env[variable] || undefined
    if (text !== undefined) {
      put(config, path, parseText(setting, text, flag.split(' ', 1)[0] ?? flag))
      origins.set(path, 'flag')
    } else if (fromEnv !== undefined) {
      put(config, path, parseText(setting, fromEnv, variable))
      origins.set(path, 'environment')
    }
  }
  return { config: config as SidecarConfig, origins }
}

const readFileLayer = ({ path, json }: NonNullable<Given['file']>): Record<string, unknown> => {
  const parsed = sidecarConfigSchema.safeParse(json)
  if (parsed.success) return structuredClone(parsed.data)
  const at = parsed.error.issues[0]?.path.join('.') ?? ''
  return refuse(`The configuration ${path}${at === '' ? '' : ` at ${at}`}`, faultOf(parsed.error))
}

const parseText = (
  setting: SidecarSetting,
  text: string | readonly string[],
  where: string,
): unknown => {
  const raw = setting.path === 'render' ? [text].flat().flatMap(one => parseJson(one, where)) : text
  const isNumber = isNumeric(setting) && typeof raw === 'string' && /^\d+$/.test(raw)
  const parsed = setting.schema.safeParse(isNumber ? Number(raw) : raw)
  return parsed.success ? parsed.data : refuse(where, faultOf(parsed.error))
}

const parseJson = (text: string, where: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return refuse(where, 'it is not JSON')
  }
}

type Branch = Record<string, unknown>

const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null

const valueAt = (config: Branch, path: string): unknown =>
  path.split('.').reduce<unknown>((at, part) => (isBranch(at) ? at[part] : undefined), config)

const put = (config: Branch, path: string, value: unknown): void => {
  const [last = '', ...parents] = path.split('.').reverse()
  const branch = parents.reduceRight<Branch>((at, part) => {
    const next = at[part]
    if (isBranch(next)) return next
    const made: Branch = {}
    at[part] = made
    return made
  }, config)
  branch[last] = value
}
