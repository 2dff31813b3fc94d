export { Coordinator, type CoordinatorOptions } from './coordinator.ts'
export {
  type AccountConfig,
  accountConfigSchema,
  type CoordinatorConfig,
  type CoordinatorConfigInput,
  coordinatorConfigSchema,
} from './options.ts'
