import type { Format } from 'ajv'

const whole = (bits: number): Format => ({
  type: 'number',
  validate: (value: number) =>
    Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1),
})

/** The formats that Azure's documents use (OpenAPI 2, and AutoRest's own). */
export const formats: Record<string, Format> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  duration: /^P(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  uri: { type: 'string', validate: (value: string) => URL.canParse(value) },
  'arm-id': /^\//,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
  base64url: /^[A-Za-z0-9_-]*$/,
  int32: whole(32),
  int64: whole(64),
  unixtime: whole(54),
  double: { type: 'number', validate: (value: number) => Number.isFinite(value) },
  password: true,
}
