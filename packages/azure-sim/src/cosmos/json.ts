import { isDeeper, nestingMax } from '../nesting.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a JSON text, or `undefined` where the text is no JSON, or nested too deep. */
export function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isDeeper(value, nestingMax) ? undefined : value
  } catch {
    return undefined
  }
}
