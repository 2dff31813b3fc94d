import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const root = new URL('../../', import.meta.url)

export const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
})

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
})

export type Manifest = z.infer<typeof objectSchema>

/** Every object of a file. @throws where it is no YAML, or says a key twice */
export const manifestsOf = (path: string): readonly Manifest[] =>
  parseAllDocuments(textOf(path), { uniqueKeys: true, strict: true }).map(document => {
    const [error] = document.errors
    if (error) throw error
    return objectSchema.parse(document.toJS())
  })

export const the = (manifests: readonly Manifest[], kind: string): Manifest => {
  const [found, other] = manifests.filter(one => one.kind === kind)
  if (!found || other) throw new RangeError(`there is not exactly one ${kind}`)
  return found
}

const probeSchema = z.object({
  httpGet: z
    .object({
      path: z.string(),
      port: z.string(),
      scheme: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
    })
    .optional(),
})

const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()).default([]),
  restartPolicy: z.string().optional(),
  env: z
    .array(
      z.object({
        name: z.string(),
        valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.string() }) }),
      }),
    )
    .default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probeSchema.optional(),
  livenessProbe: probeSchema.optional(),
  readinessProbe: probeSchema.optional(),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.object({
    runAsUser: z.number().optional(),
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(
    z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) }),
  ),
})

export type Container = z.infer<typeof containerSchema>

const volumeSchema = z.object({
  name: z.string(),
  emptyDir: z.object({ medium: z.string().optional(), sizeLimit: z.string() }).optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
  configMap: z.object({ name: z.string() }).optional(),
  secret: z.object({ secretName: z.string() }).optional(),
  projected: z
    .object({
      sources: z.array(
        z.object({
          serviceAccountToken: z.object({
            audience: z.string(),
            expirationSeconds: z.number(),
            path: z.string(),
          }),
        }),
      ),
    })
    .optional(),
})

const deploymentSchema = z.object({
  spec: z.object({
    replicas: z.number(),
    strategy: z.object({ type: z.string() }).optional(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        serviceAccountName: z.string(),
        terminationGracePeriodSeconds: z.number(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), fsGroup: z.number() }),
        initContainers: z.array(containerSchema).default([]),
        containers: z.array(containerSchema),
        volumes: z.array(volumeSchema),
      }),
    }),
  }),
})

/** What a deployment says of its pods. */
export const podsOf = (deployment: Manifest) => {
  const { spec } = deploymentSchema.parse(deployment)
  return { ...spec, labels: spec.template.metadata.labels, pod: spec.template.spec }
}

const rulesSchema = z.array(
  z.object({
    apiGroups: z.array(z.string()),
    resources: z.array(z.string()),
    verbs: z.array(z.string()),
  }),
)

export const rulesOf = ({ rules }: Manifest) => rulesSchema.parse(rules)

/** The only member of a list. */
export const only = <T>(list: readonly T[]): T => {
  const [first, ...rest] = list
  if (first === undefined || rest.length > 0) throw new RangeError(`there are ${list.length}`)
  return first
}
