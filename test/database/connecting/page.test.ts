import * as path from 'path';
import { headingsInTests, headingsNamedIn, headingsOfSamples } from './page';

const SCRIPT = path.join(__dirname, '..', '..', '..', 'scripts', 'test-connections.ts');

test('each sample of the page is run, by a test or by npm run test:connections, and by one of them alone', () => {
  const [tests, script] = [headingsInTests(), headingsNamedIn([SCRIPT])];
  expect([...tests, ...script].sort()).toEqual(headingsOfSamples().sort());
});
