import { holdsRandomChanges } from '../random-tests';

holdsRandomChanges('alarms and releases', ['observability', 'delivery']);
