import { printExpression } from './print.ts'
import { SqlError } from './sql-error.ts'
import type { Expression, Select } from './syntax.ts'
import { hasAggregate, isAggregate, isGrouped, partsOf, selected } from './walk.ts'

/** What no SELECT may do; `inner` for subqueries. Throws SqlError as the service words it. */
export function checkSelect(select: Select, inner: boolean): void {
  const { selection, sources, where, groupBy, orderBy, window } = select
  if (inner && orderBy.length > 0) {
    throw new SqlError("'ORDER BY' is not supported in subqueries.", 'SC2202', select)
  }
  if (inner && window !== undefined) {
    throw new SqlError("'OFFSET LIMIT' clause is not supported in subqueries.", 'SC2204', select)
  }
  if (selection.kind === 'star' && sources.length !== 1) {
    throw new SqlError(
      "'SELECT *' is only valid with a single input set.",
      'SC2040',
      selection.span,
    )
  }
  if (where !== undefined && hasAggregate(where)) throw misplacedAggregate()
  if (groupBy.some(hasAggregate)) throw misplacedAggregate()
  if (isGrouped(select)) checkGrouped(select)
}

const misplacedAggregate = (): SqlError =>
  new SqlError('Aggregates may only stand in the SELECT clause of a query.')

function checkGrouped(select: Select): void {
  const { selection, groupBy, orderBy } = select
  if (selection.kind === 'star') throw new SqlError("'SELECT *' is not allowed with GROUP BY.")
  if (orderBy.length > 0) {
    throw new SqlError('ORDER BY is not supported with GROUP BY or aggregates.')
  }
  const keys = new Set(groupBy.map(printExpression))
  for (const expression of selected(select)) checkSelected(expression, keys)
}

/** Source of code and sentence: QueryPlanBaselineTests.GroupBy.xml. */
function checkSelected(expression: Expression, keys: ReadonlySet<string>): void {
  if (keys.has(printExpression(expression))) return
  if (isAggregate(expression)) {
    if (partsOf(expression).some(hasAggregate)) throw nestedAggregate()
    return
  }
  if (expression.kind === 'name' || expression.kind === 'member' || expression.kind === 'index') {
    const { start, end } = expression
    throw new SqlError(
      `Property reference '${printExpression(expression)}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
      'SC2102',
      { start, end },
    )
  }
  for (const part of partsOf(expression)) checkSelected(part, keys)
}

/** Source of the sentence: OptimisticDirectExecutionQueryTests of Microsoft.Azure.Cosmos. */
const nestedAggregate = (): SqlError =>
  new SqlError(
    'Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
  )

/** Clients and the gateway merge aggregates; what is made of their results is refused. */
export function checkComposition(select: Select): void {
  const composed = selected(select).some(
    expression => !isAggregate(expression) && hasAggregate(expression),
  )
  if (composed) {
    throw new SqlError('Compositions of aggregates and other expressions are not allowed.')
  }
}
