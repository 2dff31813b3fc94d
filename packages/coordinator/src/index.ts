export { Coordinator, type CoordinatorOptions } from './coordinator.ts'
export { type Examination, type ExamineOptions, examine } from './doctor/examine.ts'
export type { Asked, Facts } from './doctor/facts.ts'
export { type Finding, type FindingCode, findingCodes, type Verdict } from './doctor/finding.ts'
export { type FirstConfigOptions, firstConfig } from './doctor/first-config.ts'
export { coordinatorRole, type RoleDefinition } from './doctor/rights.ts'
export {
  type AccountConfig,
  accountConfigSchema,
  type CoordinatorConfig,
  type CoordinatorConfigInput,
  coordinatorConfigSchema,
  wholeConfig,
} from './options.ts'
export { RepairError, repairCodes } from './repair/error.ts'
export { publishFromArm, type Repaired, type RepairOptions } from './repair/publish-from-arm.ts'
