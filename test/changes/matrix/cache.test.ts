import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { CACHE_ROWS } from '../rows/cache';

describe('A running cache', () => {
  holdsRows(CACHE_ROWS);
  standsOnThePage('cache', CACHE_ROWS);
});
