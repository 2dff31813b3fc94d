import { runWithOldest } from './oldest.ts'

/** What an application sees of the client; with the newest SDK these files run by themselves. */
runWithOldest(['client', 'resilient', 'bounds', 'azure-sim'])
