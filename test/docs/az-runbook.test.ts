import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { parseArgs } from 'node:util'
import { AzureSim } from '@keyturn/azure-sim'
import { keysetContentType, keysetDocumentSchema } from '@keyturn/protocol'
import t from 'tap'
import { blocksOf } from './support/blocks.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8')
const commands = blocksOf(page)
  .filter(({ mark }) => mark === 'az')
  .flatMap(({ code }) => code.trim().split('\n'))

/** As a shell splits it; nothing in the runbook is quoted in another way. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

const text = { type: 'string' } as const
const options = {
  ...{ name: text, 'resource-group': text, 'vault-name': text, 'key-kind': text, type: text },
  ...{ query: text, output: text, resource: text, file: text, 'content-type': text },
  ...{ method: text, url: text },
}

/**
 * What each command of `az` sends, by Azure CLI's own sources (command_modules/cosmosdb,
 * /keyvault and /resource): it stands for `az` itself, which these tests do not have.
 */
class Az {
  readonly #azure: AzureSim
  readonly #files: Readonly<Record<string, () => string>>

  constructor(azure: AzureSim, files: Readonly<Record<string, () => string>>) {
    this.#azure = azure
    this.#files = files
  }

  /** @throws for a command, or an option, that it does not know */
  async run(line: string): Promise<Record<string, unknown>> {
    const [az, ...words] = wordsOf(line)
    const at = words.findIndex(word => word.startsWith('--'))
    const { values } = parseArgs({ args: words.slice(at), options, strict: true })
    const id = this.#azure.accountId
    switch ([az, ...words.slice(0, at)].join(' ')) {
      case 'az cosmosdb show':
        return this.#arm('GET', id)
      case 'az cosmosdb keys list':
        if (values.type !== 'keys') throw new Error(`--type ${values.type}`)
        return this.#arm('POST', `${id}/listKeys`)
      case 'az cosmosdb keys regenerate': {
        await this.#arm('POST', `${id}/regenerateKey`, { keyKind: values['key-kind'] })
        return this.#untilIdle()
      }
      case 'az lock list':
        return this.#arm(
          'GET',
          `${id}/providers/Microsoft.Authorization/locks`,
          undefined,
          '2016-09-01',
        )
      case 'az rest': {
        const [, version = ''] = values.url?.split('api-version=') ?? []
        return this.#arm(values.method?.toUpperCase() ?? '', id, undefined, version)
      }
      case 'az keyvault secret show':
        return this.#vault('GET', values.name)
      case 'az keyvault secret set': {
        const value = this.#files[values.file ?? '']?.()
        const contentType = values['content-type']
        return this.#vault('PUT', values.name, { value, contentType })
      }
      default:
        throw new Error(`not known: ${line}`)
    }
  }

  /** `az` waits for the end of the operation. */
  async #untilIdle(): Promise<Record<string, unknown>> {
    for (;;) {
      const account = await this.#arm('GET', this.#azure.accountId)
      const { provisioningState } = account['properties'] as { provisioningState: string }
      if (provisioningState === 'Succeeded' && !this.#azure.account.running()) return account
    }
  }

  #arm(method: string, path: string, body?: object, version = '2024-11-15') {
    return this.#send(
      `${this.#azure.armEndpoint}${path}?api-version=${version}`,
      'management.azure.com',
      method,
      body,
    )
  }

  #vault(method: string, name = '', body?: object) {
    const url = `${this.#azure.vaultUrl}/secrets/${name}${method === 'GET' ? '/' : ''}?api-version=7.5`
    return this.#send(url, 'vault.azure.net', method, body)
  }

  async #send(url: string, audience: string, method: string, body?: object) {
    const { token } = await this.#azure.credential.getToken(`https://${audience}/.default`)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init =
      body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(url, init)
    const answer = await response.text()
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${answer}`)
    return answer === '' ? {} : JSON.parse(answer)
  }
}

t.test('a turn is finished by the commands of the runbook, as they stand there', async t => {
  const azure = await AzureSim.start({ seed: 31, regeneration: { durationMs: 200, spreadMs: 0 } })
  t.teardown(() => azure.stop())
  setDefaultCACertificates([...getCACertificates('default'), azure.ca])
  const key = (kind: 'primary' | 'secondary') => azure.account.shown(kind).key.value
  const before = { primary: key('primary'), secondary: key('secondary') }
  const subject = { account: azure.accountId, endpoint: azure.endpoint, pair: 'readWrite' }
  let keyset = keysetDocumentSchema.parse({
    ...{ schema: 'keyturn/v1', ...subject, installation: 'i', version: 4, active: 'primary' },
    ...{ fenced: ['secondary'], keys: before },
  })
  azure.secrets.set('orders-keyset', JSON.stringify(keyset), {} as never)
  /** What the runbook says of `keyset.json`. */
  const published = () => {
    const keys = { primary: key('primary'), secondary: key('secondary') }
    const repaired = { by: 'ada', reason: 'by hand' }
    keyset = {
      ...keyset,
      keys,
      active: 'secondary',
      fenced: [],
      version: keyset.version + 1,
      repaired,
    }
    return JSON.stringify(keysetDocumentSchema.parse(keyset))
  }
  const az = new Az(azure, { 'keyset.json': published })

  t.equal(commands.length, 10)
  const answers = []
  for (const line of commands) answers.push(await az.run(line))
  t.match(answers[0], { properties: { provisioningState: 'Succeeded', keysMetadata: {} } })
  t.equal(answers[1]?.['primaryMasterKey'], before.primary)
  t.match(JSON.parse(String(answers[2]?.['value'])), { version: 4, active: 'primary' })
  t.not(key('secondary'), before.secondary, 'the standby is new')
  t.equal(key('primary'), before.primary, 'the active key was not touched')
  t.match(JSON.parse(String(answers[8]?.['value'])), {
    ...{ version: 5, active: 'secondary', fenced: [] },
    keys: { secondary: key('secondary') },
  })
  t.match(azure.secrets.get('orders-keyset')?.versions.at(-1), { contentType: keysetContentType })
  t.match(answers[9], { properties: { keysMetadata: { primaryMasterKey: {} } } })

  t.comment('step 7: the same to the former key')
  const again = commands
    .slice(4, 9)
    .map(line => line.replace('--key-kind secondary', '--key-kind primary'))
  for (const line of again) await az.run(line)
  t.not(key('primary'), before.primary)
  t.match(keyset, { version: 6, active: 'secondary' })
  t.equal(keyset.keys.primary, key('primary'))
})

t.test('a command that is misspelt does not pass', async t => {
  const azure = {} as AzureSim
  await t.rejects(new Az(azure, {}).run('az cosmosdb keys rotate --name orders'), /not known/)
  await t.rejects(new Az(azure, {}).run('az cosmosdb show --nam orders'), /nam/)
})
