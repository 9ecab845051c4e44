import { holdsRandomChanges } from '../random-tests';

holdsRandomChanges('databases', ['database', 'environment']);
