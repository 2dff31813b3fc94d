/** A lock on the account, or on what it is in (learn.microsoft.com, "Lock your resources"). */
export interface Lock {
  readonly level: 'CanNotDelete' | 'ReadOnly'
  /** Where it lies. Default `account`; the account inherits the other two. */
  readonly scope?: 'account' | 'resourceGroup' | 'subscription'
}
