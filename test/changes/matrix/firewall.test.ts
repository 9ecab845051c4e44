import { standsOnThePage } from '../page';
import { holdsRows } from '../row-tests';
import { FIREWALL_ROWS } from '../rows/load-balancer';

describe('A running firewall', () => {
  holdsRows(FIREWALL_ROWS);
  standsOnThePage('firewall', FIREWALL_ROWS);
});
