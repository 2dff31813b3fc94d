export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What a client may nest, at most (`JsonMaxNestingDepth`, Azure/azure-cosmos-dotnet-v3 pull request
 * 1387). Whoever walks a value walks it by recursion, so that it protects our stack as well.
 */
const depthMax = 256

/** Whether a value has arrays and objects within each other on more than so many levels. */
export function isDeeper(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(inner => isDeeper(inner, levels - 1))
}

/** The value of a JSON text, or `undefined` where the text is no JSON, or nested too deep. */
export function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isDeeper(value, depthMax) ? undefined : value
  } catch {
    return undefined
  }
}
