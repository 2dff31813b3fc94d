import { AzureSim, VirtualClock } from '../../../src/index.ts'
import { rawRequest, trust } from '../../clients.ts'

/** The same calls in the same weather; prints what became of each, for another run to compare. */
const seed = Number(process.argv[2])
const rough = {
  slowRate: 0.2,
  slowMs: [1, 3] as const,
  throttleRate: 0.1,
  expiredRate: 0.1,
  errorRate: 0.1,
  brokenRate: 0.1,
  resetRate: 0.05,
  lostRate: 0.1,
  lateRate: 0.05,
  lateMs: [1, 3] as const,
}
const clock = new VirtualClock(1_800_000_000_000)
const sim = await AzureSim.start({
  seed,
  clock,
  keys: 'seeded',
  tokenLifetimeSeconds: 1e6,
  regeneration: { durationMs: [60_000, 3 * 86_400_000], failRate: 0.3 },
  weather: { vault: { staleMs: [0, 5_000] } },
})
trust(sim)
const tokenFor = async (scope: string) => (await sim.credential.getToken(`${scope}/.default`)).token
const [forArm, forVault] = await Promise.all([
  tokenFor('https://management.azure.com'),
  tokenFor('https://vault.azure.net'),
])
sim.setWeather({ arm: rough, vault: rough })

/** Time passes for those who wait, so that slow answers and late effects come. */
const ticking = setInterval(() => clock.advance(1), 1)

async function call(url: string, token: string, method = 'GET', body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  await rawRequest(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }).catch(
    () => undefined,
  )
}

const account = (path = '') => `${sim.armEndpoint}${sim.accountId}${path}?api-version=2026-03-15`
for (let round = 0; round < 12; round++) {
  await call(account(), forArm)
  await call(account('/listKeys'), forArm, 'POST')
  await call(account('/regenerateKey'), forArm, 'POST', { keyKind: 'primary' })
  await call(`${sim.vaultUrl}/secrets/x?api-version=7.5`, forVault, 'PUT', { value: `${round}` })
  await call(`${sim.vaultUrl}/secrets/x?api-version=7.5`, forVault)
}
clearInterval(ticking)
clock.advance(10)
const { arm, vault } = sim.witness.testimony()
const told = [...arm, ...vault].map(({ verb, path, fault = 'none' }) => `${verb} ${path} ${fault}`)
process.stdout.write(JSON.stringify(told.sort()))
await sim.stop()
