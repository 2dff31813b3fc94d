import {
  isBindingElement,
  isForOfStatement,
  isIdentifier,
  isPropertyAccessExpression,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast'

export interface Impurity {
  readonly what: string
  /** Counted from 1. */
  readonly line: number
}

/** What the language has and no clock, chance, I/O or crypto comes through. */
const pure = new Set(
  `undefined NaN Infinity Object Array Map Set WeakMap WeakSet String Number Boolean BigInt Symbol
  RegExp JSON Math Error TypeError RangeError SyntaxError AggregateError Iterator Reflect
  ArrayBuffer DataView Uint8Array Uint16Array Uint32Array Int8Array Int16Array Int32Array
  Float32Array Float64Array BigInt64Array BigUint64Array parseInt parseFloat isNaN isFinite
  encodeURIComponent decodeURIComponent encodeURI decodeURI`.split(/\s+/),
)

/** Everything else that Node puts in reach without an import. */
const impure = new Set([
  ...Object.getOwnPropertyNames(globalThis).filter(name => !pure.has(name)),
  ...['PromiseLike', 'AsyncIterable', 'AsyncIterator', 'AsyncGenerator', 'AsyncDisposable'],
])

/** Where a pure package reaches for the world, or waits for it. */
export const impuritiesOf = (tree: SourceFile): readonly Impurity[] => {
  const found: Impurity[] = []
  const own = declaredIn(tree)
  const walk = (node: Node): void => {
    const what = impurityIn(node, own)
    if (what !== undefined) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree))
      found.push({ what, line: line + 1 })
    }
    node.forEachChild(walk)
  }
  walk(tree)
  return found
}

const impurityIn = (node: Node, own: ReadonlySet<string>): string | undefined => {
  if (node.kind === SyntaxKind.AsyncKeyword) return 'async'
  if (node.kind === SyntaxKind.AwaitExpression) return 'await'
  if (isForOfStatement(node) && node.awaitModifier !== undefined) return 'for await'
  if (node.kind === SyntaxKind.MetaProperty) return metaOf(node)
  if (!isIdentifier(node) || isKey(node)) return undefined
  if (isDeclared(node)) return impure.has(node.text) ? `hides the global ${node.text}` : undefined
  if (node.text === 'Math') return isHarmlessMath(node) ? undefined : 'Math.random'
  if (own.has(node.text) || pure.has(node.text)) return undefined
  // A type of the library that is erased says nothing; the type of something impure does.
  if (isInType(node)) return impure.has(node.text) ? node.text : undefined
  return node.text
}

const metaOf = (node: Node): string | undefined =>
  node.getText().startsWith('import') ? 'import.meta' : undefined

/** `Math` under its own name, and a member of it that is not `random`. */
const isHarmlessMath = (node: Node): boolean =>
  isPropertyAccessExpression(node.parent) &&
  node.parent.expression === node &&
  node.parent.name.text !== 'random'

const declaredIn = (tree: SourceFile): ReadonlySet<string> => {
  const names = new Set<string>()
  const walk = (node: Node): void => {
    if (isIdentifier(node) && isDeclared(node)) names.add(node.text)
    node.forEachChild(walk)
  }
  walk(tree)
  return names
}

const declarations = new Set<SyntaxKind>([
  SyntaxKind.VariableDeclaration,
  SyntaxKind.Parameter,
  SyntaxKind.BindingElement,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.ClassExpression,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.TypeParameter,
  SyntaxKind.ImportClause,
  SyntaxKind.ImportSpecifier,
  SyntaxKind.NamespaceImport,
])

const isDeclared = (node: Node): boolean =>
  declarations.has(node.parent.kind) && nameOf(node.parent) === node

/** Names that stand for a member, not for a binding. */
const keyed = new Set<SyntaxKind>([
  SyntaxKind.PropertyAccessExpression,
  SyntaxKind.PropertyAssignment,
  SyntaxKind.PropertyDeclaration,
  SyntaxKind.PropertySignature,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.MethodSignature,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
  SyntaxKind.NamedTupleMember,
  SyntaxKind.MetaProperty,
])

const isKey = (node: Node): boolean => {
  const { parent } = node
  if (keyed.has(parent.kind) && nameOf(parent) === node) return true
  if (isBindingElement(parent)) return parent.propertyName === node
  return (
    parent.kind === SyntaxKind.ExportSpecifier ||
    parent.kind === SyntaxKind.LabeledStatement ||
    parent.kind === SyntaxKind.BreakStatement ||
    parent.kind === SyntaxKind.ContinueStatement ||
    (parent.kind === SyntaxKind.ImportSpecifier && nameOf(parent) !== node)
  )
}

const nameOf = (node: Node): unknown => ('name' in node ? node.name : undefined)

const isInType = (node: Node): boolean =>
  node.parent.kind === SyntaxKind.TypeReference ||
  node.parent.kind === SyntaxKind.QualifiedName ||
  node.parent.kind === SyntaxKind.TypeQuery ||
  node.parent.kind === SyntaxKind.TypePredicate ||
  (node.parent.kind === SyntaxKind.ExpressionWithTypeArguments &&
    node.parent.parent.parent?.kind === SyntaxKind.InterfaceDeclaration)
