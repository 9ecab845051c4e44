import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { DELIVERY_ROWS } from '../rows/delivery';

describe('A running delivery', () => {
  holdsRows(DELIVERY_ROWS);
  standsOnThePage('delivery', DELIVERY_ROWS);
});
