import { Argument, Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { wordsOf } from '../completion/words.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Host } from '../host.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

type Shell = keyof typeof shells

/** @param whole the program with every command */
export const completionCommand = (host: Host, whole: () => Promise<Command>): Command =>
  new Command('completion')
    .addArgument(new Argument('<shell>', 'whose script').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
Example:
  keyturn completion bash

To have it in every new shell:
  bash: echo 'source <(keyturn completion bash)' >> ~/.bashrc
  zsh:  echo 'source <(keyturn completion zsh)' >> ~/.zshrc, after compinit
  fish: keyturn completion fish > ~/.config/fish/completions/keyturn.fish`,
    )
    .action(async (shell: Shell) => {
      host.stdout.write(shells[shell](wordsOf(await whole())))
    })
