import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { podOf, readSidecarConfig, sidecarOptionsOf, sidecarSettings } from '@keyturn/sidecar'
import t from 'tap'
import { account, newKey } from './helpers/keysets.ts'
import { scratch } from './helpers/scratch.ts'

const nothing = { env: {}, flags: {} }
const fileOf = (json: unknown) => ({ path: '/etc/keyturn.json', json })
const refusal = (message: RegExp) => ({ code: 'BAD_OPTIONS', message })

/** A value for every setting, as the file has it. */
const whole = {
  name: 'orders-1',
  keyVault: { url: 'https://v.vault.azure.net', secret: 'keyset', pollMs: 5_000 },
  files: { directory: '/keys', pollMs: 1_000, stalenessMsMax: 60_000 },
  prefer: 'files',
  graceMs: 1_000,
  account,
  endpoint: 'https://orders.documents.azure.com',
  pair: 'readOnly',
  stalenessMsMax: 300_000,
  socketMode: '660',
  socketGroup: 2_000,
  tcp: { port: 7_843, host: '::1', tokenFile: '/run/keyturn/token' },
  health: { port: 9_090, host: '127.0.0.1' },
  stateDirectory: '/state',
  coordinator: {
    url: 'https://keyturn.internal:8443',
    plainAcceptedBy: 'ada',
    certFile: '/tls.crt',
    keyFile: '/tls.key',
  },
  joinWaitMs: 1,
  holdMs: 2,
  probe: { timeoutMs: 3, backoff: { firstMs: 4, maxMs: 5 } },
  render: [
    {
      consumer: 'billing',
      path: '/out/cosmos.env',
      format: 'env',
      mode: '640',
      owner: { uid: 1, gid: 2 },
      onChange: { signal: 'SIGHUP' },
      pidFile: '/out/pid',
    },
  ],
} as const

t.test('each setting comes from a flag, a variable or the file, in that order', async t => {
  const text = (path: string): string => {
    const value = path.split('.').reduce<unknown>((at, part) => Reflect.get(Object(at), part), {
      ...whole,
      socket: '/s',
      keyVault: { ...whole.keyVault, secrets: { primary: 'p', secondary: 's', active: 'a' } },
      coordinator: { ...whole.coordinator, tokenFile: '/t', caFile: '/ca' },
      probe: { ...whole.probe, caFile: '/ca' },
    })
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  t.ok(sidecarSettings.length > 30)
  for (const { path, variable, description } of sidecarSettings) {
    t.match(description, /^[A-Z{].*\.$/, `${path} is described`)
    const env = { [variable]: text(path) }
    const byVariable = readSidecarConfig({ ...nothing, env })
    t.equal(byVariable.origins.get(path), 'environment', variable)
    const file = fileOf(byVariable.config)
    t.same(readSidecarConfig({ ...nothing, file }).config, byVariable.config, 'the file says it so')
    t.equal(readSidecarConfig({ ...nothing, file }).origins.get(path), 'file')
    const flags = { [path]: text(path) }
    const byFlag = readSidecarConfig({ file, env, flags })
    t.same(byFlag.config, byVariable.config)
    t.equal(byFlag.origins.get(path), 'flag')
  }
  const { config } = readSidecarConfig({
    file: fileOf({ name: 'file', holdMs: 1, joinWaitMs: 1, tcp: { port: 1 } }),
    env: { KEYTURN_NAME: 'variable', KEYTURN_HOLD_MS: '2', KEYTURN_TCP_TOKEN_FILE: '/t' },
    flags: { name: 'flag' },
  })
  const tcp = { port: 1, tokenFile: '/t' }
  t.same(config, { name: 'flag', holdMs: 2, joinWaitMs: 1, tcp })
})

t.test('what is wrong is named by its flag, variable or field, and never quoted', async t => {
  const key = newKey()
  const cases = [
    [{ ...nothing, flags: { holdMs: '1s' } }, /^--hold-ms is wrong: must be whole milliseconds/],
    [{ ...nothing, env: { KEYTURN_SOCKET_MODE: key } }, /^KEYTURN_SOCKET_MODE is wrong/],
    [{ ...nothing, flags: { render: '{' } }, /^--render is wrong: it is not JSON/],
    [{ ...nothing, file: fileOf({ tcp: { port: key } }) }, /keyturn\.json at tcp\.port is wrong/],
    [{ ...nothing, file: fileOf({ tpc: {} }) }, /keyturn\.json is wrong: .*"tpc"/],
    [{ ...nothing, file: fileOf({ tcp: { prot: 1 } }) }, /at tcp is wrong: .*"prot"/],
    [{ ...nothing, file: fileOf([key]) }, /keyturn\.json is wrong/],
  ] as const
  for (const [given, message] of cases) {
    t.throws(() => readSidecarConfig(given), refusal(message))
    t.throws(() => readSidecarConfig(given), { message: new RegExp(`^(?!.*${key.slice(0, 9)})`) })
  }
  t.same(readSidecarConfig({ ...nothing, env: { KEYTURN_NAME: '' } }).config, {}, 'empty is unset')
})

t.test('a whole configuration becomes the options of a sidecar', async t => {
  const directory = await scratch(t)
  const [tokenFile, caFile] = [join(directory, 'token'), join(directory, 'ca.pem')]
  await writeFile(tokenFile, 'one')
  await writeFile(caFile, 'PEM')
  const file = fileOf({
    ...whole,
    coordinator: { ...whole.coordinator, tokenFile, caFile },
    probe: { ...whole.probe, caFile },
  })
  const { config } = readSidecarConfig({ ...nothing, file })
  const options = await sidecarOptionsOf(config)
  t.match(options, {
    name: 'orders-1',
    source: { kind: 'files', stalenessMsMax: 60_000 },
    stalenessMsMax: 300_000,
    socketMode: 0o660,
    socketGroup: 2_000,
    tcp: whole.tcp,
    health: whole.health,
    stateDirectory: '/state',
    coordinator: {
      ...{ url: whole.coordinator.url, plainAcceptedBy: 'ada', tokenFile, caFile },
      certificate: { certFile: '/tls.crt', keyFile: '/tls.key' },
    },
    joinWaitMs: 1,
    holdMs: 2,
    probe: { ca: 'PEM', timeoutMs: 3, backoff: { firstMs: 4, maxMs: 5 } },
    render: [{ consumer: 'billing', mode: 0o640, onChange: { signal: 'SIGHUP' } }],
  })
})

t.test('a vault may hold one secret or two, and a pod gives the name', async t => {
  const url = 'https://v.vault.azure.net'
  const secrets = { primary: 'p', secondary: 's' }
  const pod = podOf({
    KEYTURN_POD_NAME: 'orders-2',
    KEYTURN_POD_UID: 'u-2',
    KEYTURN_POD_NAMESPACE: 'shop',
  })
  const one = await sidecarOptionsOf({ keyVault: { url, secret: 'k' } }, { pod })
  t.match(one, { name: 'orders-2', pod, source: { kind: 'keyVault' } })
  const two = await sidecarOptionsOf({ name: 'one', keyVault: { url, secrets } }, { pod })
  t.match(two, { name: 'one', pod })
})

t.test('what is missing is told in one sentence', async t => {
  const url = 'https://v.vault.azure.net'
  const source = { files: { directory: '/keys' } }
  const named = { name: 'one', ...source }
  for (const [config, message] of [
    [source, /--name/],
    [{ name: 'one' }, /--vault with --secret, or --directory/],
    [{ name: 'one', keyVault: { secret: 'k' } }, /--vault/],
    [{ name: 'one', keyVault: { url } }, /--secret-primary/],
    [{ name: 'one', keyVault: { url, secrets: { primary: 'p' } } }, /--secret-secondary/],
    [{ name: 'one', keyVault: { url, secret: 'k', secrets: {} } }, /one secret/],
    [{ name: 'one', files: { pollMs: 1_000 } }, /--directory/],
    [{ ...named, tcp: { port: 1 } }, /--tcp-token-file/],
    [{ ...named, health: { host: '::' } }, /--health-port/],
    [{ ...named, coordinator: { tokenFile: '/x' } }, /--coordinator/],
    [{ ...named, coordinator: { url } }, /--token-file/],
    [{ ...named, coordinator: { url, certFile: '/x' } }, /--cert-key-file/],
    [{ ...named, coordinator: { url, tokenFile: '/nowhere' } }, /\/nowhere.*ENOENT/],
    [{ ...named, probe: { caFile: '/nowhere' } }, /\/nowhere.*ENOENT/],
  ] as const) {
    await t.rejects(sidecarOptionsOf(config), refusal(message))
  }
})
