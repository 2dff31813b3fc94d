const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether what is sent to that URL can be read and changed by whoever stands between. */
export const isPlainBeyondLoopback = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !loopback.test(hostname)
}
