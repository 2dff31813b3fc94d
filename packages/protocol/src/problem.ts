import { z } from 'zod'

export const problemContentType = 'application/problem+json'

/** RFC 9457, with a stable `code` and one sentence in `detail`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  blockers: z.array(z.unknown()).optional(),
})

export type Problem = z.infer<typeof problemSchema>
