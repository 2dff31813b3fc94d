import {
  isCallExpression,
  isExportDeclaration,
  isExternalModuleReference,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast'

export interface Import {
  /** What is imported, or `null` where that is computed and cannot be known. */
  readonly specifier: string | null
  /** Counted from 1. */
  readonly line: number
}

/**
 * Everything a file names as a module: `import`, `import type`, `export … from`, `import()`,
 * `import('…').Type`, `require()`, `require.resolve()` and `import.meta.resolve()`.
 */
export const importsOf = (tree: SourceFile): readonly Import[] => {
  const found: Import[] = []
  const walk = (node: Node): void => {
    const named = moduleNamedBy(node)
    if (named !== undefined) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree))
      found.push({ specifier: textOf(named), line: line + 1 })
    }
    node.forEachChild(walk)
  }
  walk(tree)
  return found
}

const textOf = (node: Node): string | null =>
  isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node) ? node.text : null

const moduleNamedBy = (node: Node): Node | undefined => {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return node.moduleSpecifier
  if (isExternalModuleReference(node)) return node.expression
  if (isImportTypeNode(node))
    return isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument
  if (isCallExpression(node) && loads(node.expression)) return node.arguments[0] ?? node
  return undefined
}

const loads = (callee: Node): boolean => {
  if (callee.kind === SyntaxKind.ImportKeyword) return true
  if (isIdentifier(callee)) return callee.text === 'require'
  if (!isPropertyAccessExpression(callee)) return false
  const { expression, name } = callee
  if (name.text === 'require') return true
  if (name.text !== 'resolve') return false
  return (
    expression.kind === SyntaxKind.MetaProperty ||
    (isIdentifier(expression) && expression.text === 'require')
  )
}
