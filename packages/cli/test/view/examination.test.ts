import type { Examination } from '@keyturn/coordinator'
import t from 'tap'
import { examinationLines } from '../../src/view/examination.ts'

const examined: Examination = {
  name: 'orders',
  account: 'an-account',
  verdict: 'wrong',
  findings: [
    { check: 'account', verdict: 'well', sentence: 'It is there.' },
    {
      ...{ check: 'clocks', verdict: 'wrong', code: 'CLOCK_OFF' },
      sentence: 'This machine is 400 s behind the clock of Key Vault, and of every region.',
      remedy: 'Synchronize the clock of this machine, and see who has stopped doing it.',
    },
  ],
}

t.test('a finding is one line where nobody sits at a terminal', async t => {
  t.same(examinationLines(examined), [
    'orders  an-account',
    '  ✓ account     It is there.',
    '  ✗ clocks      CLOCK_OFF: This machine is 400 s behind the clock of Key Vault, and of every region.',
    '                → Synchronize the clock of this machine, and see who has stopped doing it.',
    '',
    '  Something is wrong: mend it before the first rotation. (1 wrong)',
  ])
})

t.test('in a terminal its lines stand under each other', async t => {
  t.same(examinationLines(examined, 59).slice(2, -2), [
    '  ✗ clocks      CLOCK_OFF: This machine is 400 s behind the',
    '                clock of Key Vault, and of every region.',
    '                → Synchronize the clock of this machine,',
    '                  and see who has stopped doing it.',
  ])
})
