import { z } from 'zod'

/** What outlives the process: how far each namespace was followed, and whose end was seen. */
const notesSchema = z.object({
  schema: z.literal('keyturn/platform/v1'),
  versions: z.record(z.string(), z.string()),
  dead: z.array(
    z.object({
      name: z.string(),
      uid: z.string(),
      proof: z.enum(['terminated', 'machine-ended']),
      detail: z.string(),
    }),
  ),
})

export type Notes = Omit<z.infer<typeof notesSchema>, 'schema'>

export const noNotes: Notes = { versions: {}, dead: [] }

/** Where notes are kept. What cannot be read is as if it had never been written. */
export interface NoteStore {
  load(): Promise<Notes>
  /** @throws where they cannot be written: the last ones still hold. */
  save(notes: Notes): Promise<void>
}

/** @throws where the text is not what `printNotes` wrote */
export const parseNotes = (text: string): Notes => {
  const { versions, dead } = notesSchema.parse(JSON.parse(text))
  return { versions, dead }
}

export const printNotes = (notes: Notes): string =>
  JSON.stringify({ schema: 'keyturn/platform/v1', ...notes })
