import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { NETWORK_ROWS } from '../rows/network';

describe('A running network', () => {
  holdsRows(NETWORK_ROWS);
  standsOnThePage('network', NETWORK_ROWS);
});
