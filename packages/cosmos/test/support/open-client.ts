import { ResilientCosmosClient } from '@keyturn/cosmos'

const { ENDPOINT = '', PRIMARY = '', SECONDARY = '' } = process.env

const client = new ResilientCosmosClient({
  endpoint: ENDPOINT,
  keys: { primary: PRIMARY, secondary: SECONDARY },
})
await client.getDatabaseAccount()
process.stdout.write('finished\n')
// Not closed: its idle connection and the SDK's refresher stay open.
