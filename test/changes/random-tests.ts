import { RandomChanges } from './random-changes';
import { ROOMS } from './rooms';

/** Changes of one test file. `npm run changes -- --runs N` sets the number of all four. */
const CHANGES = Number(process.env.CHANGES_RUNS ?? 500) / 4;
/** The suite repeats the same changes, so that it fails by a change of the code alone. */
const SEED = Number(process.env.CHANGES_SEED ?? 1);
/** A long run says after so many changes how far it is. */
const PROGRESS = 250;

/** Tests that random changes of some rooms do nothing that the page does not tell. */
export function holdsRandomChanges(of: string, rooms: readonly string[]): void {
  test(`random changes of ${of} do what the page tells (seed ${SEED})`, () => {
    const random = new RandomChanges(rooms.flatMap((room) => ROOMS[room]), (judged) => {
      if (judged % PROGRESS === 0) {
        process.stderr.write(`${of}: ${judged} of ${CHANGES} changes judged\n`);
      }
    });
    random.check(CHANGES, SEED);
    expect(random.judged).toBeGreaterThanOrEqual(CHANGES);
  });
}
