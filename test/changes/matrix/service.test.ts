import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { SERVICE_ROWS } from '../rows/service';

describe('A running service', () => {
  holdsRows(SERVICE_ROWS);
  standsOnThePage('service', SERVICE_ROWS);
});
