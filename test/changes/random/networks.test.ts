import { holdsRandomChanges } from '../random-tests';

holdsRandomChanges('networks, repositories and buckets', ['network', 'registry', 'storage']);
