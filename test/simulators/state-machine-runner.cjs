// Runs state machines in a process of its own: the interpreter is an ES module that jest's module system can't load.
// It asks the parent for every answer of AWS. Time is a clock of its own: while all executions wait, it jumps to the moment at which the first one goes on.

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
  const sleep = 'function sleep(ms, abortSignal) {\n  if (ms === 0) return;';
  const everywhere = 'result = result.replaceAll("\\\\", "");';
  const inFormat = 'return templateStr.replace(/\\{\\}/g, () => placeholderValues[i++]);';
  const started = 'StartTime: (/* @__PURE__ */ new Date()).toISOString()';
  const truthy = 'if (this.stateDefinition.Result) {';
  [everywhere, inFormat, sleep, started, truthy].forEach((part) => {
    if (!source.includes(part)) {
      throw new Error(`the interpreter is another one: ${part}`);
    }
  });
  return source.replace(truthy, 'if ("Result" in this.stateDefinition) {').replace(started, 'StartTime: globalThis.timeOnClock()').replace(sleep, 'function sleep(ms, abortSignal) {\n  return globalThis.sleepOnClock(ms, abortSignal);').replace(everywhere, '').replace(inFormat, () => 'return templateStr.replace(/\\\\(.)|\\{\\}/g, (_, plain) => plain ?? placeholderValues[i++]);');
}
const { StateMachine } = require('aws-local-stepfunctions');

/** Milliseconds of real time after which an answer of the parent counts as one that waits for the clock itself. */
const SLOW_ANSWER = 25;
const clock = { now: Date.parse('2026-01-01T12:00:00.000Z'), sleepers: [], touched: 0, planned: false };
globalThis.timeOnClock = () => new Date(clock.now).toISOString();
globalThis.sleepOnClock = (ms, abortSignal) => new Promise((resolve) => {
  if (abortSignal?.aborted) {
    resolve();
    return;
  }
  const wake = () => {
    clock.sleepers = clock.sleepers.filter((one) => one !== sleeper);
    abortSignal?.removeEventListener('abort', wake);
    resolve();
  };
  const sleeper = { until: clock.now + ms, wake };
  abortSignal?.addEventListener('abort', wake, { once: true });
  clock.sleepers.push(sleeper);
  planTurn();
});

function planTurn() {
  clock.touched = Date.now();
  if (!clock.planned) {
    clock.planned = true;
    setImmediate(() => setImmediate(turnClock));
  }
}

/** Wakes the first sleeper, once nobody waits for an answer that could change the order. */
function turnClock() {
  if (clock.sleepers.length > 0 && waiting.size > 0 && Date.now() - clock.touched < SLOW_ANSWER) {
    setTimeout(turnClock, 1);
    return;
  }
  clock.planned = false;
  const [first] = clock.sleepers.sort((one, other) => one.until - other.until);
  if (first) {
    clock.now = Math.max(clock.now, first.until);
    first.wake();
    planTurn();
  }
}

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
    Object.defineProperty(this, 'EnteredTime', { enumerable: true, get: globalThis.timeOnClock });
  }
}

function ask(run, state, resource, input) {
  return new Promise((resolve, reject) => {
    calls += 1;
    clock.touched = Date.now();
    waiting.set(calls, { resolve, reject });
    process.send({ call: calls, run, state, resource, input, now: clock.now });
  });
}

/** State transitions, and the largest input or output of a state, in bytes of JSON. Step Functions takes 256 KiB. */
async function measure(events, measured) {
  for await (const { type, state } of events) {
    measured.transitions += type === 'StateEntered' ? 1 : 0;
    const bytes = Math.max(...[state?.input, state?.output].map((data) => (data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data)))));
    if (bytes > measured.largest.bytes) {
      measured.largest = { state: state.name, bytes };
    }
  }
}

async function start({ run, definition, input, context }) {
  const tasks = Object.entries(statesOf(definition)).filter(([, { Type: type }]) => type === 'Task');
  const measured = { transitions: 0, largest: { state: '', bytes: 0 } };
  let execution;
  let end;
  try {
    execution = new StateMachine(definition).run(input, {
      context: { State: new Now(), ...context },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(tasks.map(([name, { Resource: resource }]) => [name, (given) => ask(run, name, resource, given)])),
      },
    });
    runs.set(run, execution);
    end = measure(execution.eventLogs, measured);
    const output = await execution.result;
    await end;
    process.send({ run, output, ...measured });
  } catch (error) {
    const { name, message } = error.cause ?? error;
    await end;
    process.send({ run, error: { name, message: String(message) }, ...measured });
  }
}

process.on('message', (message) => {
  if (message.definition) {
    void start(message);
  } else if (message.abort) {
    runs.get(message.abort)?.abort();
  } else {
    const { resolve, reject } = waiting.get(message.answerTo);
    clock.touched = Date.now();
    waiting.delete(message.answerTo);
    if (message.error) {
      reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
    } else {
      resolve(message.result);
    }
  }
});
