import { type Section, sim } from './row.ts'

const lag = 'cosmos/sdk-regions-lag.test.ts'
const failoverLag = 'cosmos/sdk-regions-failover-lag.test.ts'
const regions = 'cosmos/sdk-regions.test.ts'
const geography = 'account/geography.test.ts'
const sessionPolicy = '@azure/cosmos dist/esm/retry/sessionRetryPolicy.js'

/** How regions come, go, take over from each other and lag behind. */
export const cosmosReplication: Section = {
  title: 'Cosmos DB: failover, outages and lag',
  rows: [
    {
      rule: 'A failover makes the region of priority 0 the write region; the SDK’s writes go on.',
      sources: [
        'arm/swagger/stable/2024-08-15/cosmos-db.json#failoverPriorityChange',
        'https://learn.microsoft.com/azure/cosmos-db/conceptual-resilient-sdk-applications',
      ],
      heldBy: [
        sim(geography, 'a failover makes the region of priority 0 the write region'),
        sim(regions, 'writes go on through a failover of two regions'),
        sim(regions, 'writes go on through a failover of five regions'),
      ],
    },
    {
      rule: 'While the write region changes there is a time in which no region takes writes.',
      assumed: 'No duration is published. Each write in it is 403 with 3, as at a read region.',
      knob: 'geography.writeGapMs, durationMs',
      heldBy: [
        sim(
          geography,
          'in the gap of a failover no region takes writes, and one is still named for them',
        ),
      ],
    },
    {
      rule: 'An offline write region hands over to the next in order, and comes back as the last, to be read.',
      sources: ['arm/swagger/stable/2024-08-15/cosmos-db.json#offlineRegion'],
      assumed: 'Neither the order after it nor what becomes of the region is documented.',
      knob: null,
      heldBy: [
        sim(geography, 'an offline write region hands over to the next, and comes back to be read'),
        sim(regions, 'an offline write region hands over, and the client finds the next'),
      ],
    },
    {
      rule: 'Regions are added and removed while the account runs; the write region stays meanwhile.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/how-to-manage-database-account'],
      heldBy: [
        sim(geography, 'regions are added and removed while the account runs'),
        sim(regions, 'a region that is added serves, and one that is removed is gone'),
      ],
    },
    {
      rule: 'One operation at a time holds the account’s exclusive lock, whatever it is.',
      sources: ['https://github.com/hashicorp/terraform-provider-azurerm/issues/15842'],
      heldBy: [sim(geography, 'one operation at a time, whatever it is')],
    },
    {
      rule: 'A region that is offline, removed or not added yet answers 403 with 1008: the account does not exist there.',
      sources: [
        'https://github.com/vdesabou/kafka-docker-playground/issues/7914',
        'https://github.com/Azure/azure-cosmos-dotnet-v3/issues/4710',
      ],
      assumed: 'For how long it answers before its name is gone from DNS is not documented.',
      knob: 'geography.lingerMs',
      heldBy: [sim(regions, 'reads go on elsewhere when a region goes offline, and it comes back')],
    },
    {
      rule: 'A forced failover loses the writes that the next region had not seen, and tells no session.',
      sources: ['https://learn.microsoft.com/azure/reliability/reliability-cosmos-db-nosql'],
      assumed:
        'Microsoft says that unreplicated data may be lost, or come back with the region. Here it is lost.',
      knob: 'geography.unseenWrites',
      heldBy: [
        sim(
          failoverLag,
          'a forced failover loses what the next region had not seen, unless told to keep it',
        ),
        sim(
          'cosmos/replication/history.test.ts',
          'a region that is fallen back to has what it had seen, and unique keys go with it',
        ),
      ],
    },
    {
      rule: 'The global endpoint goes with the write region, and follows a failover.',
      sources: [
        'https://learn.microsoft.com/azure/cosmos-db/conceptual-resilient-sdk-applications',
      ],
      assumed: 'Whether it answers while the write region is down is not documented. It does not.',
      knob: 'weather.regions.outage',
      heldBy: [
        sim(regions, 'the global endpoint goes with the write region, and follows a failover'),
      ],
    },
    {
      rule: 'Endpoints refuse connections, reset them, never answer or answer 503, and come back on the same port.',
      assumed:
        'How a region fails is not published; each way is a setting, or drawn from the seed.',
      knob: 'weather.regions.outage, outageEveryMs, outageMs, outageKinds',
      heldBy: [
        sim(regions, 'reads go on in another region when one answers 503, hangs or is reset'),
        sim(regions, 'a region that refuses connections comes back on the same port'),
        sim(regions, 'the SDK waits for a region whose connections are reset'),
        sim(
          'weather/regions-weather.test.ts',
          'outages by chance follow from the seed, region by region',
        ),
      ],
    },
    {
      rule: 'A region sees writes late, whole and in their order; reads, queries and change feed see the same.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/consistency-levels'],
      assumed: 'How late is not bounded below BoundedStaleness.',
      knob: 'weather.regions.replicationLagMs',
      heldBy: [
        sim(lag, 'without a session the older version is read, and later the newer'),
        sim(lag, 'queries and the change feed see what the region has seen'),
        sim(lag, 'a batch arrives as a whole'),
        sim(
          'cosmos/replication/history.test.ts',
          'a region that is behind sees exactly what was there that long ago',
        ),
      ],
    },
    {
      rule: 'Session tokens are vectors; a region that is behind one answers 404 with 1002.',
      sources: [
        '@azure/cosmos dist/esm/session/VectorSessionToken.js',
        'https://github.com/Azure/azure-sdk-for-java/issues/38156',
      ],
      heldBy: [
        sim(lag, 'a region that is behind a session answers 404 with 1002, until it has caught up'),
        sim(lag, 'a session in the write region reads its own writes'),
      ],
    },
    {
      rule: 'After 1002 the SDK asks the same region once more, without the session, and may read what is old.',
      sources: [sessionPolicy, '@azure/cosmos dist/esm/retry/retryUtility.js'],
      heldBy: [
        sim(lag, 'a region that is behind a session answers 404 with 1002, until it has caught up'),
      ],
    },
    {
      rule: 'A session token that is none is refused with 400, on a read and on a write.',
      sources: ['https://github.com/Azure/azure-cosmos-db-emulator-docker/issues/291'],
      heldBy: [
        sim(
          lag,
          'a session token that is none is refused, and one of another level is not looked at',
        ),
      ],
    },
    {
      rule: 'A consistency stronger than the account’s is refused with 400, a weaker one is served.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/consistency-levels'],
      heldBy: [
        sim(lag, 'a consistency stronger than the account has is refused, a weaker one is served'),
      ],
    },
    {
      rule: 'A container made just now is refused with 401 in other regions, for a while.',
      sources: ['cosmos/errors.json#backend401_macSignature'],
      assumed: 'For how long is not documented, nor which requests: here all below the container.',
      knob: 'weather.regions.containerLagMs',
      heldBy: [sim(lag, 'a container made just now is refused with 401 elsewhere, for a while')],
    },
  ],
}
