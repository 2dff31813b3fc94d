/** The status with which an operation was refused, or that it was not. */
export async function statusOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code
    throw error
  }
  return 'not refused'
}
