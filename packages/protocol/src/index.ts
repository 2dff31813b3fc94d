export { askerSchema } from './api/asker.ts'
export { type Denial, denialSchema, denialsSchema } from './api/denial.ts'
export { coordinatorDescription } from './api/description.ts'
export {
  type AccountEvent,
  type AccountEventName,
  type AccountEvents,
  type AccountSummary,
  accountEvents,
  type Blocked,
  blockersSchema,
  summarySchema,
} from './api/events.ts'
export { type FleetAnswer, fleetSchema, type Progress, progressSchema } from './api/fleet.ts'
export { type PastRotation, pastRotationSchema, rotationsSchema } from './api/history.ts'
export type { CoordinatorOperation } from './api/operation.ts'
export { type CoordinatorOperationName, coordinatorOperations } from './api/operations.ts'
export { type CoordinatorProblem, coordinatorProblems, type KnownProblem } from './api/problems.ts'
export { type Role, readers, roles, verbRoles } from './api/roles.ts'
export { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
export { type KeysetDocument, keysetContentType, keysetDocumentSchema } from './keyset.ts'
export {
  acknowledgementSchema,
  type ClientAttach,
  clientAttachSchema,
  clientHeader,
  defaultSocketPath,
  healthSchema,
  type Readiness,
  readinessSchema,
  sidecarTokenFileVariable,
  sidecarUrlVariable,
  socketVariable,
  tokenHeader,
} from './local.ts'
export { type DescribedOperation, openApiOf, parametersOf } from './openapi.ts'
export {
  type AccountStatus,
  accountStatusSchema,
  blockerSchema,
  type DryRunAnswer,
  dryRunQuerySchema,
  dryRunSchema,
  type HistoryEntry,
  historyEntrySchema,
  type MemberStatus,
  planSchema,
  type RotationStatus,
  retireCheckSchema,
  type VerbRequest,
  verbRequestSchema,
} from './operator.ts'
export { isPlainBeyondLoopback } from './plain-http.ts'
export { type Pod, podSchema } from './pod.ts'
export { type Problem, problemContentType, problemSchema } from './problem.ts'
export { type Report, type ReportAnswer, reportAnswerSchema, reportSchema } from './report.ts'
export {
  type ClientUsage,
  clientUsageSchema,
  type Held,
  heldSchema,
  type KeyUsage,
  keyUsageSchema,
  type Refusal,
  refusalSchema,
} from './usage.ts'
export {
  accountIdSchema,
  accountKeySchema,
  countSchema,
  fingerprintSchema,
  fingerprintsSchema,
  nameSchema,
  pairSchema,
  slotSchema,
} from './words.ts'
