import { readSessionNotAvailable, ServiceError } from './errors.ts'
import type { Fault } from './faults.ts'

const backend = (sentence: string): string =>
  `Message: {"Errors":[${JSON.stringify(sentence).replaceAll('/', '\\/')}]}`

export const unavailable = (): ServiceError =>
  new ServiceError(
    503,
    'ServiceUnavailable',
    'Service is currently unavailable. More info: https://aka.ms/cosmosdb-tsg-service-unavailable',
  )

/** The answer that a fault puts in the place of the service's own, or `null` where it changes none. */
export function faultError(fault: Fault): ServiceError | null {
  switch (fault.kind) {
    case 'throttle':
      return new ServiceError(
        429,
        '429',
        backend(
          'Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429',
        ),
        3200,
        { 'x-ms-retry-after-ms': `${fault.retryAfterMs}`, 'x-ms-request-charge': '0.38' },
      )
    case 'unavailable':
      return unavailable()
    case 'retryWith':
      return new ServiceError(
        449,
        '449',
        backend('Conflicting request to resource has been attempted. Retry to avoid conflicts.'),
      )
    case 'timeout':
      return new ServiceError(
        408,
        'RequestTimeout',
        'Request timed out. More info: https://aka.ms/cosmosdb-tsg-request-timeout',
      )
    case 'sessionNotAvailable':
      return readSessionNotAvailable()
    case 'resetBefore':
    case 'resetAfter':
    case 'slow':
      return null
  }
}
