// Preloaded by `--import`: whoever asks for the SDK gets the oldest of the supported range.

import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === '@azure/cosmos' ? 'cosmos-oldest' : specifier, context),
})
