import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { STORAGE_ROWS } from '../rows/stores';

describe('A running bucket', () => {
  holdsRows(STORAGE_ROWS);
  standsOnThePage('storage', STORAGE_ROWS);
});
