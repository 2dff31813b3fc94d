import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that is free now and stays so: from below the range that outgoing connections draw
 * theirs from, so that nobody takes it while its owner is being restarted.
 */
export const restartablePort = async (): Promise<number> => {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return port
    } catch {
      // Taken: another one.
    } finally {
      server.close()
    }
  }
}
