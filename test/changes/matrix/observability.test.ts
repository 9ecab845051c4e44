import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { OBSERVABILITY_ROWS } from '../rows/observability';

describe('A running system that is watched', () => {
  holdsRows(OBSERVABILITY_ROWS);
  standsOnThePage('observability', OBSERVABILITY_ROWS);
});
