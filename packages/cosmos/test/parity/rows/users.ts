import { PermissionMode } from '@azure/cosmos'
import { refused, row, type Scene } from '../row.ts'

const user = ({ database }: Scene) => database.user('u')

const definition = ({ container }: Scene) => ({
  id: 'may-read',
  permissionMode: PermissionMode.Read,
  resource: container.url,
})

export const userRows = [
  row('Users.create', 'creates one', ({ database }) => database.users.create({ id: 'u' })),
  refused('Users.create', 'is told of a conflict', ({ database }) =>
    database.users.create({ id: 'u' }),
  ),
  row('Users.upsert', 'creates another', ({ database }) => database.users.upsert({ id: 'v' })),
  row('Users.readAll', 'lists all', ({ database }) => database.users.readAll().fetchAll()),
  row('Users.query', 'finds by a query', ({ database }) =>
    database.users.query({ query: "SELECT * FROM root r WHERE r.id = 'u'" }).fetchAll(),
  ),
  row('User.url', 'has a link', scene => user(scene).url),
  row('User.permission', 'refers to a permission', scene => user(scene).permission('p')),
  row('User.read', 'reads one', scene => user(scene).read()),
  refused('User.read', 'is told of one that is missing', ({ database }) =>
    database.user('none').read(),
  ),
  row('User.replace', 'changes its name', ({ database }) =>
    database.user('v').replace({ id: 'w' }),
  ),

  row('Permissions.create', 'creates one', scene =>
    user(scene).permissions.create(definition(scene)),
  ),
  refused('Permissions.create', 'is told of a conflict', scene =>
    user(scene).permissions.create(definition(scene)),
  ),
  row('Permissions.upsert', 'changes one', scene =>
    user(scene).permissions.upsert({ ...definition(scene), permissionMode: PermissionMode.All }),
  ),
  row('Permissions.readAll', 'lists all', scene => user(scene).permissions.readAll().fetchAll()),
  row('Permissions.query', 'finds by a query', scene =>
    user(scene).permissions.query({ query: 'SELECT * FROM root' }).fetchAll(),
  ),
  row('Permission.url', 'has a link', scene => user(scene).permission('may-read').url),
  row('Permission.read', 'reads one', scene => user(scene).permission('may-read').read()),
  row('Permission.replace', 'replaces one', scene =>
    user(scene).permission('may-read').replace(definition(scene)),
  ),
  row('Permission.delete', 'deletes one', scene => user(scene).permission('may-read').delete()),
  refused('Permission.read', 'is told that it is gone', scene =>
    user(scene).permission('may-read').read(),
  ),
  row('User.delete', 'deletes one', ({ database }) => database.user('w').delete()),
  refused('User.delete', 'is told that it is gone', ({ database }) => database.user('w').delete()),

  refused('Conflicts.readAll', 'is told that the simulator has none', ({ container }) =>
    container.conflicts.readAll().fetchAll(),
  ),
  refused('Conflicts.query', 'is told that the simulator has none', ({ container }) =>
    container.conflicts.query({ query: 'SELECT * FROM root' }).fetchAll(),
  ),
  row('Conflict.url', 'has a link', ({ container }) => container.conflict('x').url),
  refused('Conflict.read', 'is refused: the SDK signs it as if it were a user', ({ container }) =>
    container.conflict('x', 'p').read(),
  ),
  refused('Conflict.delete', 'is told that the simulator has none', ({ container }) =>
    container.conflict('x', 'p').delete(),
  ),
]
