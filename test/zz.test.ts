import { postgres } from './fixtures/database-stack';
import { unacknowledged } from './fixtures/test-stack';
import { DatabaseAccess, PostgresCapacity } from '../src';
import * as fs from 'fs';
test('x', () => {
  const p = postgres({ extensions: ['pg_cron', 'vector'], schemas: ['billing'] });
  p.database.addUser('reporting', DatabaseAccess.READ_ONLY);
  p.database.addUser('anna', DatabaseAccess.READ_ONLY, { iamAuthentication: true });
  fs.writeFileSync('/tmp/users-t.json', JSON.stringify(p.template.toJSON(), null, 1));
  expect(unacknowledged(p.stack)).toEqual([]);
});
