import { refused, row, type Scene } from '../row.ts'

const body = 'function () { return 1 }'
const definitions = {
  trigger: { id: 's', body, triggerType: 'Pre', triggerOperation: 'All' },
  other: { id: 's', body },
} as const

interface Script {
  readonly url: string
  read(): Promise<unknown>
  replace(definition: never): Promise<unknown>
  delete(): Promise<unknown>
}

interface Feed {
  fetchAll(): Promise<unknown>
}

interface ScriptsFeed {
  create(definition: never): Promise<unknown>
  query(query: { query: string }): Feed
  readAll(): Feed
}

interface Kind {
  readonly name: string
  readonly plural: string
  readonly one: (scene: Scene, id: string) => Script
  readonly all: (scene: Scene) => ScriptsFeed
  readonly refer: string
  readonly referAll: string
}

const kinds: readonly Kind[] = [
  {
    name: 'StoredProcedure',
    plural: 'StoredProcedures',
    one: ({ container }, id) => container.scripts.storedProcedure(id),
    all: ({ container }) => container.scripts.storedProcedures,
    refer: 'storedProcedure',
    referAll: 'storedProcedures',
  },
  {
    name: 'Trigger',
    plural: 'Triggers',
    one: ({ container }, id) => container.scripts.trigger(id),
    all: ({ container }) => container.scripts.triggers,
    refer: 'trigger',
    referAll: 'triggers',
  },
  {
    name: 'UserDefinedFunction',
    plural: 'UserDefinedFunctions',
    one: ({ container }, id) => container.scripts.userDefinedFunction(id),
    all: ({ container }) => container.scripts.userDefinedFunctions,
    refer: 'userDefinedFunction',
    referAll: 'userDefinedFunctions',
  },
]

const rowsOf = ({ name, plural, one, all, refer, referAll }: Kind) => {
  const definition = (name === 'Trigger' ? definitions.trigger : definitions.other) as never
  return [
    row(`Scripts.${refer}`, 'refers to one', scene => one(scene, 's')),
    row(`Scripts.${referAll}`, 'refers to all', scene => all(scene)),
    row(`${plural}.create`, 'creates one', scene => all(scene).create(definition)),
    refused(`${plural}.create`, 'is told of a conflict', scene => all(scene).create(definition)),
    row(`${plural}.readAll`, 'lists all', scene => all(scene).readAll().fetchAll()),
    row(`${plural}.query`, 'finds by a query', scene =>
      all(scene).query({ query: 'SELECT * FROM root' }).fetchAll(),
    ),
    row(`${name}.url`, 'has a link', scene => one(scene, 's').url),
    row(`${name}.read`, 'reads one', scene => one(scene, 's').read()),
    refused(`${name}.read`, 'is told of one that is missing', scene => one(scene, 'none').read()),
    row(`${name}.replace`, 'replaces one', scene => one(scene, 's').replace(definition)),
    ...(name === 'StoredProcedure'
      ? [
          refused(
            'StoredProcedure.execute',
            'is told that the simulator runs none',
            ({ container }) => container.scripts.storedProcedure('s').execute('p', ['argument']),
          ),
        ]
      : []),
    row(`${name}.delete`, 'deletes one', scene => one(scene, 's').delete()),
    refused(`${name}.delete`, 'is told that it is gone', scene => one(scene, 's').delete()),
  ]
}

export const scriptRows = kinds.flatMap(rowsOf)
