// Runs state machines in a process of its own: the interpreter is an ES module that jest's module system can't load.
// It asks the parent for every answer of AWS, and never waits.

// The interpreter asks for Node 22 for this alone.
Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new Promise((onResolve, onReject) => { resolve = onResolve; reject = onReject; });
  return { promise, resolve, reject };
};

// The interpreter takes the backslashes out of every text that a function gives, also out of the JSON of JsonToString, which is none any more when a
// text in it has quotes. Step Functions takes them out of the format alone.
const Module = require('node:module');
const compile = Module.prototype._compile;
Module.prototype._compile = function compileMended(source, file) {
  return compile.call(this, /aws-local-stepfunctions.build.main\.node\.cjs$/.test(file) ? mended(source) : source, file);
};
function mended(source) {
  const everywhere = 'result = result.replaceAll("\\\\", "");';
  const inFormat = 'return templateStr.replace(/\\{\\}/g, () => placeholderValues[i++]);';
  [everywhere, inFormat].forEach((part) => {
    if (!source.includes(part)) {
      throw new Error(`the interpreter is another one: ${part}`);
    }
  });
  return source.replace(everywhere, '').replace(inFormat, () => 'return templateStr.replace(/\\\\(.)|\\{\\}/g, (_, plain) => plain ?? placeholderValues[i++]);');
}
const { StateMachine } = require('aws-local-stepfunctions');

const waiting = new Map();
const runs = new Map();
let calls = 0;

/** Every state of a definition, nested ones too, by name. */
function statesOf(part, found = {}) {
  for (const [name, state] of Object.entries(part.States)) {
    found[name] = state;
    if (state.ItemProcessor) {
      statesOf(state.ItemProcessor, found);
    }
    (state.Branches ?? []).forEach((branch) => statesOf(branch, found));
  }
  return found;
}

/** The time at which a state is entered, which the interpreter leaves to whoever starts it. */
class Now {
  constructor() {
    Object.defineProperty(this, 'EnteredTime', { enumerable: true, get: () => new Date().toISOString() });
  }
}

function ask(run, state, resource, input) {
  return new Promise((resolve, reject) => {
    calls += 1;
    waiting.set(calls, { resolve, reject });
    process.send({ call: calls, run, state, resource, input });
  });
}

/** The largest input or output of a state, in bytes of JSON. Step Functions takes 256 KiB. */
async function largestOf(events) {
  const largest = { state: '', bytes: 0 };
  for await (const { state } of events) {
    const bytes = Math.max(...[state?.input, state?.output].map((data) => (data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data)))));
    if (bytes > largest.bytes) {
      Object.assign(largest, { state: state.name, bytes });
    }
  }
  return largest;
}

async function start({ run, definition, input, context }) {
  const tasks = Object.entries(statesOf(definition)).filter(([, { Type: type }]) => type === 'Task');
  const waits = Object.entries(statesOf(definition)).filter(([, { Type: type }]) => type === 'Wait');
  let execution;
  try {
    execution = new StateMachine(definition).run(input, {
      context: { State: new Now(), ...context },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(tasks.map(([name, { Resource: resource }]) => [name, (given) => ask(run, name, resource, given)])),
        waitTimeOverrides: Object.fromEntries(waits.map(([name]) => [name, 0])),
        retryIntervalOverrides: Object.fromEntries(tasks.map(([name]) => [name, 0])),
      },
    });
    runs.set(run, execution);
    const measured = largestOf(execution.eventLogs);
    const output = await execution.result;
    process.send({ run, output, largest: await measured });
  } catch (error) {
    const { name, message } = error.cause ?? error;
    process.send({ run, error: { name, message: String(message) } });
  }
}

process.on('message', (message) => {
  if (message.definition) {
    void start(message);
  } else if (message.abort) {
    runs.get(message.abort)?.abort();
  } else {
    const { resolve, reject } = waiting.get(message.answerTo);
    waiting.delete(message.answerTo);
    if (message.error) {
      reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
    } else {
      resolve(message.result);
    }
  }
});
