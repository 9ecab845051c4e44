import type { Row } from './rows';
import { CACHE_ROWS } from './rows/cache';
import { DATABASE_ROWS } from './rows/database';
import { ADOPTED_SIGN_IN_ROWS } from './rows/database/adopted-sign-ins';
import { DELIVERY_ROWS } from './rows/delivery';
import { ENVIRONMENT_ROWS } from './rows/environment';
import { BALANCER_ROWS, FIREWALL_ROWS } from './rows/load-balancer';
import { NETWORK_ROWS } from './rows/network';
import { OBSERVABILITY_ROWS } from './rows/observability';
import { SERVICE_ROWS } from './rows/service';
import { STACKS_BELOW_ROWS } from './rows/stacks-below';
import { REGISTRY_ROWS, STORAGE_ROWS } from './rows/stores';
import { TWO_STACK_ROWS } from './rows/two-stacks';

/** Rows by room of the page. */
export const ROOMS: { readonly [room: string]: readonly Row[] } = {
  'network': NETWORK_ROWS,
  'two-stacks': [...TWO_STACK_ROWS, ...STACKS_BELOW_ROWS],
  'service': SERVICE_ROWS,
  'load-balancer': BALANCER_ROWS,
  'firewall': FIREWALL_ROWS,
  'database': [...DATABASE_ROWS, ...ADOPTED_SIGN_IN_ROWS],
  'cache': CACHE_ROWS,
  'registry': REGISTRY_ROWS,
  'storage': STORAGE_ROWS,
  'observability': OBSERVABILITY_ROWS,
  'delivery': DELIVERY_ROWS,
  'environment': ENVIRONMENT_ROWS,
};
