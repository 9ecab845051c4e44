import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { REGISTRY_ROWS } from '../rows/stores';

describe('A running registry', () => {
  holdsRows(REGISTRY_ROWS);
  standsOnThePage('registry', REGISTRY_ROWS);
});
