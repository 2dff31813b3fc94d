/**
 * What a client may nest, at most (`JsonMaxNestingDepth`, Azure/azure-cosmos-dotnet-v3 pull request
 * 1387). Whoever walks a value walks it by recursion, so that it protects our stack as well.
 */
export const nestingMax = 256

/** Whether a value has arrays and objects within each other on more than so many levels. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(inner => isDeeper(inner, levels - 1))
}
