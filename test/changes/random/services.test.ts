import { holdsRandomChanges } from '../random-tests';

holdsRandomChanges('services and load balancers', ['service', 'load-balancer', 'firewall']);
