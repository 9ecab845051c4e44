import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { BALANCER_ROWS } from '../rows/load-balancer';

describe('A running load balancer', () => {
  holdsRows(BALANCER_ROWS);
  standsOnThePage('load-balancer', BALANCER_ROWS);
});
