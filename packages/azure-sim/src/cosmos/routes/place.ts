import type { Container } from '../documents/container.ts'

/** What every answer about documents says of where they are and how far their log has come. */
export const placeHeaders = (
  container: Container,
  rangeId: string,
  charge: number,
): Record<string, string> => ({
  'x-ms-request-charge': `${charge}`,
  'x-ms-session-token': container.sessionToken(rangeId),
  lsn: `${container.store.lsn}`,
  'x-ms-alt-content-path': encodeURI(container.link),
  'x-ms-content-path': container.rid,
  'x-ms-documentdb-partitionkeyrangeid': rangeId,
})
