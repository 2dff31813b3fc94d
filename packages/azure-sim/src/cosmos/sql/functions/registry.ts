import type { Evaluate } from '../scope.ts'
import { SqlError, unsupported } from '../sql-error.ts'
import type { Expression } from '../syntax.ts'
import { arrayFunctions } from './arrays.ts'
import type { Builtin, Builtins } from './builtin.ts'
import { dateFunctions } from './dates.ts'
import { mathFunctions } from './math.ts'
import { spatialFunctions } from './spatial.ts'
import { textFunctions } from './texts.ts'
import { typeFunctions } from './types.ts'

const builtins: Builtins = {
  ...typeFunctions,
  ...mathFunctions,
  ...textFunctions,
  ...arrayFunctions,
  ...dateFunctions,
  ...spatialFunctions,
}

/** What the service has and this simulator has not. */
const absent =
  /^(FULLTEXT|RRF$|ST_(AREA|INTERSECTS|ISVALIDDETAILED)|VECTORDISTANCE|CONTAINS_A|ARRAY_(AVG|MAX|MEDIAN|MIN|SUM)|STRING(JOIN|SPLIT)$)/

/** Compiles the call of a function. */
export function callOf(call: Expression & { kind: 'call' }, items: readonly Evaluate[]): Evaluate {
  const { name, written, udf, start, end } = call
  if (udf) throw unsupported(`User-defined functions (udf.${name})`)
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined
  if (builtin === undefined) {
    if (absent.test(name)) throw unsupported(`Queries with ${name}`)
    throw new SqlError(`'${written}' is not a recognized built-in function name.`, 'SC2005', {
      start,
      end,
    })
  }
  const { least, most } = builtin
  if (items.length < least || items.length > most) throw wrongCount(call, builtin)
  return frame =>
    builtin.call(
      items.map(item => item(frame)),
      frame,
    )
}

/** Source of the sentence: ServiceJNITests of Microsoft's Java SDK. */
function wrongCount({ name, start, end }: Expression & { kind: 'call' }, builtin: Builtin) {
  const { least, most } = builtin
  const wanted = least === most ? `${least}` : `${least} to ${most}`
  return new SqlError(`The ${name} function requires ${wanted} argument(s).`, 'SC2050', {
    start,
    end,
  })
}
