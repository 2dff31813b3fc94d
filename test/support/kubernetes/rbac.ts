/** What was asked of an API, as its authorizer sees it. */
export interface Attributes {
  readonly verb: string
  readonly apiGroup: string
  readonly resource: string
  /** `''`: of the whole cluster. */
  readonly namespace: string
  readonly name: string
}

export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[] | undefined
}

/** Rules that hold in one namespace, or, without one, everywhere. */
export interface Grant {
  readonly namespace: string | null
  readonly rules: readonly Rule[]
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/: rights only add up. */
export const isGranted = (grants: readonly Grant[], asked: Attributes): boolean =>
  grants
    .filter(({ namespace }) => namespace === null || namespace === asked.namespace)
    .some(({ rules }) => rules.some(rule => covers(rule, asked)))

export const covers = (rule: Rule, { verb, apiGroup, resource, name }: Attributes): boolean =>
  has(rule.apiGroups, apiGroup) &&
  has(rule.resources, resource) &&
  has(rule.verbs, verb) &&
  (rule.resourceNames === undefined || rule.resourceNames.includes(name))

const has = (granted: readonly string[], asked: string): boolean =>
  granted.includes(asked) || granted.includes('*')
