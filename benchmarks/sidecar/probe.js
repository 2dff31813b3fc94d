// Preloaded into a measured process: says what it costs when it is asked. Plain JavaScript, so that
// it makes Node load nothing that the process would not have loaded.

process.on('message', ask => {
  if (ask === 'collect') for (let times = 0; times < 3; times++) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  process.send?.({ rss, live: heapUsed + external, cpuMicros: user + system })
})
// Whoever measures must not keep it alive.
process.channel?.unref()
