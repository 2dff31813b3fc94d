import { getCACertificates, setDefaultCACertificates } from 'node:tls'

interface Test {
  teardown(clean: () => unknown): unknown
}

/** Everything in this process trusts the authority, until the test ends. */
export const trust = (t: Test, ca: string): void => {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, ca])
  t.teardown(() => setDefaultCACertificates(before))
}
