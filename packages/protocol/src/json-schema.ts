import { z } from 'zod'

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 embeds as it is. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema of what a schema takes. Rules that JSON Schema cannot say (an active slot is not
 * fenced) are left out: it may allow more than the schema does, never less.
 */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    unrepresentable: 'any',
    io: 'input',
  })
  return rest
}
