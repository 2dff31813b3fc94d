import { z } from 'zod'

/** A whole number as it stands in a URL: digits alone, no sign, no exponent, nothing left out. */
export const numberInText = (min: number, max: number) =>
  z
    .custom<string>(
      text =>
        typeof text === 'string' &&
        /^\d{1,16}$/.test(text) &&
        Number(text) >= min &&
        Number(text) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .meta({ type: 'integer', minimum: min, maximum: max })
    .transform(Number)

/** … of the journal. */
export const revisionInText = numberInText(0, Number.MAX_SAFE_INTEGER)
