import type { Pod } from '@keyturn/protocol'
import { SidecarError } from './error.ts'

/** What a pod's manifest fills by the downward API, and of which field. */
export const podVariables = {
  KEYTURN_POD_NAME: 'metadata.name',
  KEYTURN_POD_UID: 'metadata.uid',
  KEYTURN_POD_NAMESPACE: 'metadata.namespace',
  KEYTURN_NODE_NAME: 'spec.nodeName',
} as const

/**
 * The pod that this process runs in, by its environment; `null` outside Kubernetes. The pod's
 * name is the member's name, unless it is given another; its uid is what proves its end.
 * @throws SidecarError BAD_OPTIONS where the manifest gives some of it only
 */
export const podOf = (env: NodeJS.ProcessEnv): Pod | null => {
  const given = (name: keyof typeof podVariables): string | undefined => env[name] || undefined
  const variables = ['KEYTURN_POD_NAME', 'KEYTURN_POD_UID', 'KEYTURN_POD_NAMESPACE'] as const
  const node = given('KEYTURN_NODE_NAME')
  const [name, uid, namespace] = variables.map(given)
  if ([name, uid, namespace, node].every(value => value === undefined)) return null
  if (name !== undefined && uid !== undefined && namespace !== undefined) {
    return { name, uid, namespace, ...(node === undefined ? {} : { node }) }
  }
  const missing = variables.filter(variable => given(variable) === undefined)
  throw new SidecarError(
    'BAD_OPTIONS',
    `The pod is half named: fill ${missing.join(' and ')} from ` +
      `${missing.map(variable => podVariables[variable]).join(' and ')} by the downward API.`,
  )
}
