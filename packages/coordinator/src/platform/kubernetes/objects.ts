import { z } from 'zod'

/** What is read of Kubernetes' objects, and nothing else: all beside it may change at will. */
const containerStatusSchema = z.object({
  name: z.string(),
  restartCount: z.number().nullish(),
  state: z
    .object({ running: z.unknown(), waiting: z.unknown(), terminated: z.unknown() })
    .partial()
    .nullish(),
  lastState: z.object({ terminated: z.unknown() }).partial().nullish(),
})

const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
})

const namedSchema = z.object({ name: z.string() })

export const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
  }),
  spec: z.object({
    nodeName: z.string().nullish(),
    containers: z.array(namedSchema),
    initContainers: z.array(namedSchema.extend({ restartPolicy: z.string().nullish() })).nullish(),
  }),
  status: z
    .object({
      phase: z.string().nullish(),
      conditions: z.array(conditionSchema).nullish(),
      containerStatuses: z.array(containerStatusSchema).nullish(),
      initContainerStatuses: z.array(containerStatusSchema).nullish(),
      ephemeralContainerStatuses: z.array(containerStatusSchema).nullish(),
    })
    .nullish(),
})

export const podListSchema = z.object({
  metadata: z.object({ resourceVersion: z.string(), _continue: z.string().nullish() }),
  items: z.array(podSchema),
})

export const nodeSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ taints: z.array(z.object({ key: z.string() })).nullish() }).nullish(),
  status: z.object({ conditions: z.array(conditionSchema).nullish() }).nullish(),
})

/** Of a bookmark only the version counts; an error is a `Status`. */
export const bookmarkSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) })
export const statusSchema = z.object({
  code: z.number().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
})

export type PodObject = z.infer<typeof podSchema>
export type ContainerStatus = z.infer<typeof containerStatusSchema>
export type NodeObject = z.infer<typeof nodeSchema>
