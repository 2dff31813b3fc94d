import type { Container } from '../documents/container.ts'
import { parsePartition } from '../documents/partition-key.ts'
import { ServiceError } from '../errors.ts'
import type { Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'

/**
 * Refusals that say how a document stands carry the session token that they were read at: Microsoft's
 * clients take it from a 404 that is not 404/1002, a 409 and a 412 (azure-cosmos-dotnet-v3,
 * GatewayStoreModel.CaptureSessionTokenAndHandleSplitAsync).
 */
export function tellingSession(
  container: Container,
  request: CosmosRequest,
  answer: () => Reply,
): Reply {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof ServiceError) || !tellsOfDocument(error)) throw error
    const { status, code, message, substatus, extra, details } = error
    const token = container.sessionToken(rangeIdOf(container, request))
    const told = { ...extra, 'x-ms-session-token': token }
    throw new ServiceError(status, code, message, substatus, told, details)
  }
}

const tellsOfDocument = ({ status, substatus }: ServiceError): boolean =>
  status === 409 || status === 412 || (status === 404 && substatus !== 1002)

function rangeIdOf(container: Container, request: CosmosRequest): string {
  const key = header(request, 'x-ms-documentdb-partitionkey')
  if (key !== undefined) return container.rangeIdOf(parsePartition(key, container.definition))
  const id = header(request, 'x-ms-documentdb-partitionkeyrangeid')
  return id ?? container.ranges.all[0]?.id ?? '0'
}
