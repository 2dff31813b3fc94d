export { fingerprintOfKey, Key } from './key.ts'
export type {
  LiveKeyset,
  RefreshReason,
  RingNews,
  RingSink,
  Source,
  SourceKind,
  SourceStatus,
} from './source.ts'
