export { type Surroundings, sidecarOptionsOf } from './config/options.ts'
export {
  type Given,
  type ReadConfig,
  readSidecarConfig,
  type SettingOrigin,
} from './config/read.ts'
export { type SidecarConfig, sidecarConfigSchema } from './config/schema.ts'
export { type SidecarSetting, sidecarSettings } from './config/settings.ts'
export type { EmbeddedKeysOptions } from './embedded/keys.ts'
export { SidecarError, type SidecarErrorCode } from './error.ts'
export type { TcpSettings } from './local/tcp.ts'
export type { Fact, Log } from './log.ts'
export type { HealthSettings, SidecarOptions } from './options.ts'
export { podOf, podVariables } from './pod.ts'
export type { ProbeSettings } from './probe/prober.ts'
export type { Format, OnChange, RenderedFile } from './render/rendered-file.ts'
export type { CoordinatorSettings } from './report/coordinator-settings.ts'
export { Sidecar } from './sidecar.ts'
export type { SidecarStatus } from './status.ts'
