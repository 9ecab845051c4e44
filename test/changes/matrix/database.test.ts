import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { DATABASE_ROWS } from '../rows/database';

describe('A running database', () => {
  holdsRows(DATABASE_ROWS);
  standsOnThePage('database', DATABASE_ROWS);
});
