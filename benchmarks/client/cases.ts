// What is measured: operations of the SDK, each checked, since a benchmark of failures is worth
// nothing.

import type { Container } from '@azure/cosmos'
import { documentOf, documentsPerPage, pages } from './answers.ts'

export const variants = ['plain', 'tuned', 'keyturn'] as const
export type Variant = (typeof variants)[number]

export const transports = ['http', 'tls'] as const
export type TransportName = (typeof transports)[number]

export const concurrencies = [1, 16, 64] as const

export const names = ['point-read', 'upsert-1kb', 'upsert-100kb', 'query-10-pages'] as const
export type CaseName = (typeof names)[number]

/** One cell of the table. */
export interface Case {
  readonly name: CaseName
  readonly transport: TransportName
  readonly concurrency: number
}

export const allCases: readonly Case[] = names.flatMap(name =>
  transports.flatMap(transport =>
    concurrencies.map(concurrency => ({ name, transport, concurrency })),
  ),
)

export const caseTitle = ({ name, transport, concurrency }: Case): string =>
  `${name}/${transport}/${concurrency}`

/**
 * The cases of a title or of the beginning of one: `point-read/tls/64`, `point-read/tls`,
 * `point-read`.
 * @throws Error with the names that there are, where there is no such case.
 */
export const casesTitled = (title: string): readonly Case[] => {
  const found = allCases.filter(each => `${caseTitle(each)}/`.startsWith(`${title}/`))
  if (found.length > 0) return found
  throw new Error(
    `There is no case "${title}". Cases are <name>/<transport>/<concurrency>, or the beginning of ` +
      `that: ${names.join(', ')}; ${transports.join(', ')}; ${concurrencies.join(', ')}.`,
  )
}

const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`A measured operation went wrong: ${what}.`)
}

export type Operation = (nth: number) => Promise<void>

const documents = 1000

const upsert = (container: Container, bytes: number): Operation => {
  const document = documentOf('id', bytes)
  return async nth => {
    const id = `item-${nth % documents}`
    const { resource } = await container.items.upsert({ ...document, id })
    expectThat(resource?.id === id, `upsert of ${id}`)
  }
}

/** The operation of a case, on one client's container. */
export const operationOf = (name: CaseName, container: Container): Operation => {
  switch (name) {
    case 'point-read':
      return async nth => {
        const id = `item-${nth % documents}`
        const { resource } = await container.item(id, 'p').read<{ id: string }>()
        expectThat(resource?.id === id, `read of ${id}`)
      }
    case 'upsert-1kb':
      return upsert(container, 1000)
    case 'upsert-100kb':
      return upsert(container, 100_000)
    case 'query-10-pages':
      return async () => {
        const options = { partitionKey: 'p', maxItemCount: documentsPerPage }
        const query = container.items.query('SELECT * FROM c', options)
        const { resources } = await query.fetchAll()
        expectThat(resources.length === pages * documentsPerPage, 'query of ten pages')
      }
  }
}

/** So many workers, each doing one thing after the other until told to end; how many they did. */
export async function concurrently(
  workers: number,
  until: () => boolean,
  work: Operation,
): Promise<number> {
  let started = 0
  let done = 0
  const worker = async (): Promise<void> => {
    while (!until()) {
      await work(started++)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return done
}
