import type { Instrumentation } from 'next';

/** Writes each error of a request as JSON, with the fields that the saved queries read. */
export const onRequestError: Instrumentation.onRequestError = (error, { path, headers }, { routePath }) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(JSON.stringify({ level: 'error', context: routePath, message, path, requestId: headers['x-amzn-trace-id'] }));
};
