import { ResilientCosmosClient } from '@keyturn/cosmos'

const { ENDPOINT = '', PRIMARY = '', SECONDARY = '', SCENE = '' } = process.env

const use = async (client: ResilientCosmosClient): Promise<number> => {
  const code = await client.getDatabaseAccount().then(
    () => 200,
    error => error.code,
  )
  return code
}

const open = () =>
  new ResilientCosmosClient({
    endpoint: ENDPOINT,
    keys: { primary: PRIMARY, secondary: SECONDARY },
  })

const inBlock = async (): Promise<number> => {
  await using client = open()
  return await use(client)
}

const answer = await (SCENE === 'disposed' ? inBlock() : use(open()))
const finishedAfterMs = Math.round(performance.now())
// Not closed, but for one scene: its idle connection and the SDK's refresher stay open.
process.on('exit', () => {
  const endedAfterMs = Math.round(performance.now())
  process.stdout.write(`${JSON.stringify({ answer, finishedAfterMs, endedAfterMs })}\n`)
})
