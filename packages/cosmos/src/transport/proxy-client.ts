import { type Dispatcher, errors, Pool } from 'undici'

/**
 * Connections to a proxy, on which it is asked for tunnels. Where it hangs up on one, undici would
 * ask again at once and for ever, since it takes that for a connection that broke while idle.
 */
export const proxyClient = (proxy: URL, options: Pool.Options): Dispatcher => {
  const pool = new Pool(proxy, options)
  const connect = pool.connect.bind(pool)
  const connectOnce = (asked: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> =>
    connect(asked).catch(error => {
      if (!(error instanceof errors.SocketError)) throw error
      const hungUp = new Error(`The proxy gave no tunnel: ${error.message}`, { cause: error })
      throw Object.assign(hungUp, { code: 'ECONNRESET' })
    })
  return Object.assign(pool, { connect: connectOnce })
}
