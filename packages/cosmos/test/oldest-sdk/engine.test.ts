import { runWithOldest } from './oldest.ts'

/** Which answer means what, and what follows; with the newest SDK these files run by themselves. */
runWithOldest(['failover', 'taxonomy', 'taxonomy-azure', 'waits', 'account-read'])
