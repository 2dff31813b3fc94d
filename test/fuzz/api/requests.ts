import fc from 'fast-check'
import { broken, type Schema, valid } from './from-schema.ts'

/** What of an OpenAPI document says how one may ask. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly 'x-roles'?: readonly string[]
}

export interface FuzzRequest {
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface Knowledge {
  /** By role, and `nobody` with none. */
  readonly tokens: Readonly<Record<string, string>>
  /** Texts that stand for something in the target: accounts, members, ids. */
  readonly known: readonly string[]
  /** What must not come back, whoever sends it. */
  readonly secrets: readonly string[]
  /** Operations that take long where they succeed, and are asked for less often. */
  readonly slow: readonly string[]
  /** Mends what is drawn, so that a target is not filled with what costs it memory. */
  readonly mend: (operation: string, body: unknown) => unknown
}

/** Requests to every operation of a document, by everybody, as they should be and as they should not. */
export const requestsOf = (
  { paths }: Description,
  knowledge: Knowledge,
): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(
    ...Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        weight: knowledge.slow.includes(operation.operationId) ? 5 : 30,
        arbitrary: requestTo(path, method, operation, knowledge),
      })),
    ),
  )

const requestTo = (
  path: string,
  method: string,
  operation: Operation,
  knowledge: Knowledge,
): fc.Arbitrary<FuzzRequest> => {
  const { operationId, parameters = [], requestBody } = operation
  const { known, mend } = knowledge
  const values = (where: string, may: fc.Arbitrary<string> | null) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter(parameter => parameter.in === where)
          .map(({ name, schema }) => [name, inUrl(schema, known, may)]),
      ),
      where === 'path' ? {} : { requiredKeys: [] },
    )
  const schema = requestBody?.content['application/json']?.schema
  return fc
    .record({
      inPath: values('path', anyText(knowledge)),
      inQuery: values('query', anyText(knowledge)),
      more: sometimes(fc.tuple(fc.string({ maxLength: 10 }), fc.string({ maxLength: 20 }))),
      method: oftenly(method, ['put', 'delete', 'patch', 'options', 'head', 'get', 'post']),
      body: schema ? bodyOf(schema, knowledge) : fc.constant(null),
      headers: headersOf(operation, knowledge),
    })
    .map(({ inPath, inQuery, more, method, body, headers }) => {
      const place = path.replace(/\{(\w+)\}/g, (_, name: string) => segment(inPath[name] ?? ''))
      const query = [...Object.entries(inQuery), ...(more ? [more] : [])]
        .map(([name, value]) => `${encoded(name)}=${encoded(value ?? '')}`)
        .join('&')
      return {
        operation: operationId,
        method: method.toUpperCase(),
        path: query === '' ? place : `${place}?${query}`,
        headers,
        body:
          body === null ? null : textOf(typeof body === 'string' ? body : mend(operationId, body)),
      }
    })
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))

const oftenly = <T>(usual: T, others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { arbitrary: fc.constant(usual), weight: 19 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  )

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 19 }, { arbitrary, weight: 1 })

const inUrl = (schema: Schema, known: readonly string[], may: fc.Arbitrary<string> | null) => {
  const right = valid(schema, known).map(String)
  return may === null
    ? right
    : fc.oneof({ arbitrary: right, weight: 5 }, { arbitrary: may, weight: 1 })
}

const anyText = ({ secrets }: Knowledge): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '..',
      '%',
      '%00',
      '%ff',
      '0x10',
      '-1',
      '1e3',
      'null',
      '[]',
      '\u202e',
      'a'.repeat(9_000),
    ),
    ...(secrets.length === 0 ? [] : [fc.constantFrom(...secrets)]),
  )

/** Mostly encoded; sometimes what no client would send. */
const encoded = (text: string): string => {
  try {
    return encodeURIComponent(text)
  } catch {
    return '%EF%BF%BD'
  }
}

const segment = (text: string): string =>
  text.startsWith('%') && /^%[\x21-\x7e]*$/.test(text) ? text : encoded(text)

/** As it should be, nearly so, or no JSON at all; `string`s are sent as they are. */
const bodyOf = (schema: Schema, { known, secrets }: Knowledge): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: valid(schema, known), weight: 5 },
    { arbitrary: broken(schema, known), weight: 4 },
    {
      arbitrary: fc.oneof(
        valid(schema, known).map(value => JSON.stringify(value).slice(0, -3)),
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.constantFrom('', '{', '[[[[', '"', '{"a":'.repeat(2_000), 'x'.repeat(300_000)),
        ...(secrets.length === 0
          ? []
          : [
              fc
                .constantFrom(...secrets)
                .map(secret => JSON.stringify({ verb: 'pause', reason: secret })),
            ]),
        ...(secrets.length === 0
          ? []
          : [
              fc.constantFrom(...secrets).map(secret => `{"verb":"pause","${secret}":1, ${secret}`),
            ]),
      ),
      weight: 1,
    },
  )

const headersOf = (operation: Operation, knowledge: Knowledge) => {
  const { tokens, secrets } = knowledge
  const roles = Object.keys(tokens)
  const may = roles.filter(role => operation['x-roles']?.includes(role))
  const tokenOf = (role: string): string => `Bearer ${tokens[role]}`
  const garbage = fc.oneof(
    fc.constantFrom(
      'Bearer',
      'Bearer x',
      'Basic eDp5',
      'Bearer a.b.c',
      `bearer ${'y'.repeat(4_000)}`,
      '',
    ),
    ...(secrets.length === 0
      ? []
      : [fc.constantFrom(...secrets).map(secret => `Bearer ${secret}`)]),
  )
  const authorization = fc.oneof(
    { arbitrary: fc.constantFrom(...(may.length > 0 ? may : roles)).map(tokenOf), weight: 8 },
    { arbitrary: fc.constantFrom(...roles).map(tokenOf), weight: 1 },
    { arbitrary: garbage, weight: 1 },
  )
  const rarely = (...values: string[]) => oftenly<string | undefined>(undefined, values)
  return fc
    .record({
      authorization: fc.option(authorization, { freq: 20, nil: undefined }),
      'content-type': oftenly<string | undefined>('application/json', [
        ...['text/plain', 'application/json; charset=utf-16', 'application/json; charset=klingon'],
        ...['multipart/form-data', undefined],
      ]),
      'content-encoding': rarely('gzip', 'br', 'nonsense'),
      'last-event-id': rarely('0', '7', '99999999999999', '-1', 'x'),
      'keyturn-operator': rarely('ada', 'two words', '..', 'operator'),
      origin: rarely('https://evil.example', 'null'),
      'sec-fetch-site': rarely('cross-site', 'same-origin'),
      accept: rarely('text/html', 'nonsense'),
    })
    .map(headers =>
      Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      ),
    ) as fc.Arbitrary<Record<string, string>>
}
