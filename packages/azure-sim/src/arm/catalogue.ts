import { actions } from '../entra/principals.ts'

/** What `GET …/operations` lists: the actions that this simulator asks grants for. */
export const operationList = Object.values(actions)
  .filter(action => action.startsWith('Microsoft.DocumentDB/'))
  .map(name => {
    const [, ...parts] = name.split('/')
    const operation = parts.slice(1).join('/') || (parts[0] ?? '')
    return {
      name,
      display: {
        Provider: 'Microsoft Azure Cosmos DB',
        Resource: 'Database Account',
        Operation: operation,
        Description: `Allows ${operation}.`,
      },
    }
  })
