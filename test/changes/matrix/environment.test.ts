import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { ENVIRONMENT_ROWS } from '../rows/environment';

describe('A running environment', () => {
  holdsRows(ENVIRONMENT_ROWS);
  standsOnThePage('environment', ENVIRONMENT_ROWS);
});
