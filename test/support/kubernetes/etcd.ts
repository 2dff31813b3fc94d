import type { KubeObject } from './objects.ts'

export interface Change {
  readonly revision: number
  readonly before: KubeObject | null
  /** `null`: deleted. */
  readonly after: KubeObject | null
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/** What an answer is of: one kind, in one namespace or of the cluster, with these labels. */
export interface Selection {
  readonly kind: KubeObject['kind']
  readonly namespace?: string | undefined
  readonly selector: string
}

/**
 * Objects with one growing revision and a bounded memory of what became of them, as the API's
 * storage has it (https://kubernetes.io/docs/reference/using-api/api-concepts/).
 */
export class Etcd {
  #revision = 1_000
  #compacted = 0
  #uids = 0
  readonly #objects = new Map<string, KubeObject>()
  #changes: Change[] = []
  readonly #followers = new Set<() => void>()

  get revision(): number {
    return this.#revision
  }

  get(kind: KubeObject['kind'], name: string, namespace?: string): KubeObject | null {
    return this.#objects.get(keyOf(kind, name, namespace)) ?? null
  }

  /** Makes it; a name that comes again is another object, by its uid. */
  create<T extends KubeObject>(object: T): T {
    this.#uids += 1
    const uid = `00000000-0000-4000-8000-${String(this.#uids).padStart(12, '0')}`
    return this.#write({ ...object, metadata: { ...object.metadata, uid } })
  }

  /** @throws {TypeError} where there is none. */
  change<T extends KubeObject>(object: T, edit: (draft: T) => void): T {
    const { kind, metadata } = object
    const stored = this.get(kind, metadata.name, metadata.namespace)
    if (stored === null) throw new TypeError(`there is no ${kind} ${metadata.name}`)
    const draft = structuredClone(stored) as T
    edit(draft)
    return this.#write(draft)
  }

  delete({ kind, metadata: { name, namespace } }: KubeObject): void {
    const key = keyOf(kind, name, namespace)
    const before = this.#objects.get(key) ?? null
    if (before === null) return
    this.#objects.delete(key)
    this.#happened({ revision: this.#next(), before, after: null })
  }

  list(selection: Selection): readonly KubeObject[] {
    return [...this.#objects.values()].filter(object => isSelected(selection, object))
  }

  /** Whether it is known what happened after `revision`. */
  remembers(revision: number): boolean {
    return revision >= this.#compacted
  }

  /** What happened after `revision`, as a watch tells it. */
  since(selection: Selection, revision: number): readonly WatchEvent[] {
    return this.#changes
      .filter(change => change.revision > revision)
      .flatMap(change => eventOf(selection, change) ?? [])
  }

  /** Forgets everything that happened until now. */
  compact(): void {
    // Even an object that nobody watches moves the revision on.
    this.#compacted = this.#next()
    this.#changes = []
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  #write<T extends KubeObject>(object: T): T {
    const { kind, metadata } = object
    const key = keyOf(kind, metadata.name, metadata.namespace)
    const before = this.#objects.get(key) ?? null
    const revision = this.#next()
    const after = versioned(object, revision)
    this.#objects.set(key, after)
    this.#happened({ revision, before, after })
    return after
  }

  #next(): number {
    this.#revision += 1
    return this.#revision
  }

  #happened(change: Change): void {
    this.#changes.push(change)
    for (const follower of [...this.#followers]) follower()
  }
}

const keyOf = (kind: string, name: string, namespace = ''): string => `${kind}/${namespace}/${name}`

const versioned = <T extends KubeObject>(object: T, revision: number): T => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
})

/** Whoever loses what a selector asks for is told as deleted, though it is not. */
const eventOf = (selection: Selection, { revision, before, after }: Change): WatchEvent | null => {
  const was = before !== null && isSelected(selection, before)
  const is = after !== null && isSelected(selection, after)
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: after }
  return was ? { type: 'DELETED', object: versioned(before, revision) } : null
}

const isSelected = ({ kind, namespace, selector }: Selection, object: KubeObject): boolean =>
  object.kind === kind &&
  (namespace === undefined || object.metadata.namespace === namespace) &&
  selector
    .split(',')
    .filter(term => term !== '')
    .every(term => holds(term, object.metadata.labels))

/** Equality, inequality and existence; the set-based form is not spoken here. */
const holds = (term: string, labels: Readonly<Record<string, string>>): boolean => {
  const [, key = '', operator, value] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? []
  if (operator === undefined) {
    return term.startsWith('!') ? !(term.slice(1) in labels) : term in labels
  }
  return operator === '!=' ? labels[key] !== value : labels[key] === value
}
