/** Every exit code, and what it says: the README's table is held against this one. */
export const exitCodes = {
  done: [0, 'done; of a watch: the rotation completed'],
  failed: [1, 'failed, or the coordinator refused; the sentence on standard error says why'],
  badInput: [2, 'bad input: an option, a file or a setting; nothing was asked of anybody'],
  reverted: [3, 'the watched rotation was reverted: the key that was active before signs again'],
  notInTime: [4, 'the watched rotation did not end within `--timeout`, and goes on'],
  interrupted: [130, 'Ctrl-C (SIGINT); a watched rotation goes on'],
  terminated: [143, 'SIGTERM; a watched rotation goes on'],
} as const

export const exitCode = (name: keyof typeof exitCodes): number => exitCodes[name][0]
