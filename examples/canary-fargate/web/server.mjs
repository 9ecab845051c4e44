import { createServer } from 'node:http';

/** Writes a line of JSON, with the fields that saved queries read. */
const log = (fields) => console.log(JSON.stringify({ level: 'info', ...fields }));

const server = createServer((request, response) => {
  const began = performance.now();
  const [status, body] = request.url === '/health' ? [200, 'healthy'] : request.url === '/' ? [200, 'It works.'] : [404, 'Not found.'];
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${body}\n`);
  if (request.url !== '/health') {
    const requestId = request.headers['x-amzn-trace-id'];
    response.on('close', () => log({ context: 'http', message: `${request.method} ${request.url} ${status}`, requestId, duration: Math.round(performance.now() - began) }));
  }
});

server.listen(Number(process.env.PORT));
// ECS sends SIGTERM: requests that run may end.
process.on('SIGTERM', () => server.close());
