/** The instrumentation scope of every span and instrument of this package. */
export const scope = '@keyturn/cosmos'
