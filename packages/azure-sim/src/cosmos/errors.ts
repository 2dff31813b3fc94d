import type { JsonObject } from './json.ts'
import { version } from './version.ts'

/** A refusal by the service; carries all that its answer needs. */
export class ServiceError extends Error {
  readonly status: number
  readonly substatus: number | undefined
  readonly code: string
  readonly extra: Readonly<Record<string, string>>
  /** What the body says beside the code and message. */
  readonly details: JsonObject

  constructor(
    status: number,
    code: string,
    message: string,
    substatus?: number,
    extra: Readonly<Record<string, string>> = {},
    details: JsonObject = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.substatus = substatus
    this.extra = extra
    this.details = details
  }
}

/**
 * The two forms in which the service words an error: the gateway's own sentence, and what a backend
 * replica said, as JSON within the message.
 */
export const gatewayMessage = (sentence: string, activityId: string): string =>
  `${sentence}\r\nActivityId: ${activityId}, ${version.sdk}`

const backend = (sentence: string): string => `Message: {"Errors":[${escaped(sentence)}]}`

/** The service's serializer escapes slashes within the inner JSON. */
const escaped = (sentence: string): string => JSON.stringify(sentence).replaceAll('/', '\\/')

export const errorBody = (error: ServiceError, activityId: string): string =>
  JSON.stringify({
    code: error.code,
    message: gatewayMessage(error.message, activityId),
    ...error.details,
  })

export const badRequest = (sentence: string, substatus?: number): ServiceError =>
  new ServiceError(400, 'BadRequest', backend(sentence), substatus)

export const notFound = (): ServiceError =>
  new ServiceError(
    404,
    'NotFound',
    backend('Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found'),
    0,
  )

/** The owner of what was asked for does not exist: its container or database. */
export const ownerNotFound = (): ServiceError =>
  new ServiceError(404, 'NotFound', backend('Owner resource does not exist'), 1003)

export const conflict = (): ServiceError =>
  new ServiceError(
    409,
    'Conflict',
    backend(
      'Entity with the specified id already exists in the system. Learn more: https://aka.ms/cosmosdb-tsg-conflict',
    ),
  )

export const uniqueConflict = (): ServiceError =>
  new ServiceError(409, 'Conflict', backend('Unique index constraint violation.'))

export const preconditionFailed = (substatus?: number): ServiceError =>
  new ServiceError(
    412,
    'PreconditionFailed',
    backend('One of the specified pre-condition is not met'),
    substatus,
  )

export const tooLarge = (): ServiceError =>
  new ServiceError(413, 'RequestEntityTooLarge', backend('Request size is too large'))

/**
 * A query whose answer clients merge from those of all partitions; the SDKs meet this with a plan.
 * Source: recorded answers in public issues (Azure/azure-sdk-for-go 23128, cfworker/cfworker 170).
 */
export const notServable = (plan: string): ServiceError =>
  new ServiceError(
    400,
    'BadRequest',
    'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully. This exception is traced, but unless you see it bubble up as an exception (which only happens on older SDK clients), then you can safely ignore this message.',
    1004,
    {},
    { additionalErrorInfo: plan },
  )

/** Source: recorded answers in public issues (Azure/azure-cosmos-js 154). */
export const crossPartitionDisabled = (): ServiceError =>
  new ServiceError(
    400,
    'BadRequest',
    'Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.',
  )

export const gone = (): ServiceError =>
  new ServiceError(410, 'Gone', backend('The requested resource is no longer available'), 1002)

/** The session has seen more than this replica, or this region, has. */
export const readSessionNotAvailable = (): ServiceError =>
  new ServiceError(
    404,
    'NotFound',
    backend('The read session is not available for the input session token.'),
    1002,
  )

export const methodNotAllowed = (): ServiceError =>
  new ServiceError(405, 'MethodNotAllowed', 'The requested verb is not supported.')

export const invalidUrl = (): ServiceError =>
  new ServiceError(400, 'BadRequest', 'Request url is invalid.')

export const writeForbidden = (): ServiceError =>
  new ServiceError(
    403,
    'Forbidden',
    backend('The requested operation cannot be performed at this region'),
    3,
  )

export const metadataWriteForbidden = (verb: string, type: string): ServiceError =>
  new ServiceError(
    403,
    'Forbidden',
    `Operation '${verb}' on resource '${type}' is not allowed through Azure Cosmos DB endpoint. ` +
      'Please switch on such operations for your account, or perform this operation through ' +
      'Azure Resource Manager, Azure Portal, Azure CLI or Azure Powershell',
    0,
  )

/** What this simulator does not have; said plainly, in a form that the service uses. */
export const notSupported = (what: string): ServiceError =>
  new ServiceError(400, 'BadRequest', `${what} are not supported by this simulator.`)
