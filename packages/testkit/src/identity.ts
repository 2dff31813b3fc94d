// Beside the rest: loading what makes certificates and tokens takes a while.
export { Authority, type Issued, type Wanted } from './certificates.ts'
export { Issuer } from './issuer.ts'
