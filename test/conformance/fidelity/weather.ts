import { type Section, sim } from './row.ts'

export const weather: Section = {
  title: 'Weather and witness',
  rows: [
    {
      rule: 'All weather follows from one seed, call by call, and replays.',
      assumed: 'How often Azure fails is not published; every rate is a knob and 0 by default.',
      knob: 'seed, weather.arm, weather.vault, weather.entra, weather.cosmos',
      heldBy: [
        sim('weather/weather.test.ts', 'rates are kept, per call and from the seed alone'),
        sim('chance.test.ts', 'the same names give the same draw, whatever was drawn before'),
        sim(
          'cosmos/faults.test.ts',
          'each operation meets the same weather in whatever order operations come',
        ),
      ],
    },
    {
      rule: 'A management answer may be lost after its effect, or the effect come after its caller gave up.',
      assumed: 'Any network may do this; nothing that Microsoft publishes rules it out.',
      knob: 'weather.*.lostRate, weather.*.lateRate',
      heldBy: [
        sim('weather/weather.test.ts', 'a lost answer took effect all the same'),
        sim('weather/weather.test.ts', 'a late call takes effect after its caller has given up'),
      ],
    },
    {
      rule: 'Gaps, overlaps, relapses and old reads of a key stay within their knobs.',
      sources: ['cosmos/errors.json#rotationBehaviour'],
      assumed: 'One user saw an old key still read; nothing is documented.',
      knob: 'regeneration.gapMs, overlapMs, flaps, flapMs, oldReadsMs, spreadMs',
      heldBy: [
        sim('weather/propagation.test.ts', 'gaps, overlaps and old reads stay within their knobs'),
      ],
    },
    {
      rule: 'The witness tells who signed with what, when and where, and never a key.',
      assumed: 'Azure has no such witness: it stands outside of what is simulated.',
      knob: 'witness',
      heldBy: [
        sim(
          'witness.test.ts',
          'counts per region and generation what was accepted and what was refused',
        ),
        sim('arm/arm.test.ts', 'the witness saw each call, and no key'),
      ],
    },
  ],
}
