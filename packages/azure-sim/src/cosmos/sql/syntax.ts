import type { Span } from './sql-error.ts'

/** What a query can compute with: JSON, and `undefined` for what is not there. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | { [name: string]: Value }
  | undefined

export type BinaryOperator =
  | 'AND'
  | 'OR'
  | '??'
  | '||'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '>>>'

/** How a subquery stands in an expression. `scalar` is one in parentheses alone. */
export type SubqueryForm = 'scalar' | 'EXISTS' | 'ARRAY' | 'ALL' | 'FIRST' | 'LAST'

export type Expression = Span &
  (
    | { readonly kind: 'literal'; readonly value: null | boolean | number | string | undefined }
    | { readonly kind: 'parameter'; readonly name: string }
    | { readonly kind: 'name'; readonly name: string }
    /** `of.name`, or `of["name"]` where it is quoted. */
    | {
        readonly kind: 'member'
        readonly of: Expression
        readonly name: string
        readonly quoted: boolean
      }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | {
        readonly kind: 'unary'
        readonly operator: 'NOT' | '-' | '+' | '~'
        readonly operand: Expression
      }
    | {
        readonly kind: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'between'
        readonly not: boolean
        readonly value: Expression
        readonly low: Expression
        readonly high: Expression
      }
    | {
        readonly kind: 'in'
        readonly not: boolean
        readonly value: Expression
        readonly items: readonly Expression[]
      }
    | {
        readonly kind: 'like'
        readonly not: boolean
        readonly value: Expression
        readonly pattern: Expression
        readonly escapedBy: string | undefined
      }
    | {
        readonly kind: 'conditional'
        readonly condition: Expression
        readonly then: Expression
        readonly otherwise: Expression
      }
    | { readonly kind: 'array'; readonly items: readonly Expression[] }
    | { readonly kind: 'object'; readonly properties: readonly Property[] }
    /** `name` is in capitals, except for user-defined functions. */
    | {
        readonly kind: 'call'
        readonly udf: boolean
        readonly name: string
        readonly written: string
        readonly items: readonly Expression[]
      }
    | { readonly kind: 'subquery'; readonly form: SubqueryForm; readonly select: Select }
  )

export interface Property {
  readonly name: string
  readonly value: Expression
}

/** A number in the text, or a parameter that must be one. */
export type Count = Span & ({ readonly value: number } | { readonly parameter: string })

export type Selection =
  | { readonly kind: 'star'; readonly span: Span }
  | { readonly kind: 'value'; readonly expression: Expression }
  | { readonly kind: 'list'; readonly items: readonly SelectItem[] }

export interface SelectItem {
  readonly expression: Expression
  readonly alias: string | undefined
}

/** What a FROM or JOIN takes its rows from. */
export type Origin =
  | { readonly kind: 'path'; readonly expression: Expression }
  | { readonly kind: 'subquery'; readonly select: Select }

export interface Source {
  /** Each element of the array, as in `t IN c.tags`. */
  readonly iterates: boolean
  readonly origin: Origin
  readonly alias: string | undefined
}

export interface OrderItem {
  readonly expression: Expression
  readonly direction: 'ASC' | 'DESC' | undefined
}

export interface Select extends Span {
  readonly distinct: boolean
  readonly top: Count | undefined
  readonly selection: Selection
  /** The first is FROM, the others are JOINs; none for a query without FROM. */
  readonly sources: readonly Source[]
  readonly where: Expression | undefined
  readonly groupBy: readonly Expression[]
  readonly orderBy: readonly OrderItem[]
  readonly window: { readonly offset: Count; readonly limit: Count } | undefined
}
