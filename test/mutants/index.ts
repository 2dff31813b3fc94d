import { checkMutants } from './checks.ts'
import { memberMutants } from './member.ts'
import type { Mutant } from './mutant.ts'
import { planMutants } from './plans.ts'
import { platformMutants } from './platform.ts'
import { repairMutants } from './repairs.ts'
import { rotationMutants } from './rotation.ts'

export const mutants: readonly Mutant[] = [
  ...checkMutants,
  ...rotationMutants,
  ...memberMutants,
  ...planMutants,
  ...platformMutants,
  ...repairMutants,
]
