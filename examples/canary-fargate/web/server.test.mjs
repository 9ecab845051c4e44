import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

test('answers, and ends on SIGTERM', async () => {
  const server = spawn(process.execPath, ['server.mjs'], { cwd: import.meta.dirname, env: { PORT: '18300' } });
  const get = (path) => fetch(`http://127.0.0.1:18300${path}`).then(({ status }) => status, () => 0);
  while (await get('/health') !== 200) {
    await setTimeout(50);
  }
  assert.equal(await get('/'), 200);
  assert.equal(await get('/nowhere'), 404);
  server.kill('SIGTERM');
  assert.deepEqual(await once(server, 'close'), [0, null]);
});
