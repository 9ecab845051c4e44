/** Events in the history of an execution: a task is entered, scheduled, started, succeeded and left; what has parts tells of them, too. */
const OWN: { [type: string]: number } = { Task: 5, Map: 4, Parallel: 4, Fail: 1 };
/** Items of a list that isn't one of services; more than any task has. */
const ITEMS: { [path: string]: number } = {
  '$.work.TaskDefinition.ContainerDefinitions': 5, '$.running.TaskDefinition.ContainerDefinitions': 5, '$.container.Environment': 6, '$.work.Tags': 20, '$.tasks.TaskArns': 2, '$.running.Executions': 5, '$.releases': 5,
};
/** Way through a loop that its own counter lets it take so often: a window of the database is waited for, six hours at most. */
const SELDOM = ['Await window of the database', 'Count waits', 'Start snapshot again'];
const SELDOM_TURNS = 24;

/** States that an item of a loop over services passes in a turn that finds nothing new. All others it passes once. */
const LOOKS = [
  'Is the service to be deployed?', 'List deployments of the service', 'How far is the deployment?', 'Follow traffic: describe deployment', 'Follow traffic: has all traffic shifted?', 'End the turn of the service',
  'Which step of the rollback is next?', 'List unfinished deployments of the service', 'Which deployment is left?', 'Follow traffic of the rollback: describe deployment', 'Follow traffic of the rollback: has all traffic shifted?', 'End the turn of the rollback',
];
/** Loop that each wave of services runs for itself. */
const EACH_WAVE = 'Roll out: ';
/** Seldom, and never for all services: from what is left of the events. */
const AGAIN = 'Register again: ';
/** Runs once in a loop. */
const TOLD = /: is the shift told\?$/;

/**
 * The most events that an execution can have, by walking its definition: every state once, every loop for as long as its counter lets it, along the
 * longest way round. Each part of a map for each of its items, each turn over services for each of them.
 */
export function mostEvents(part: any, services: number): number {
  const names = Object.keys(part.States);
  const weight = Object.fromEntries(names.map((name) => [name, name.startsWith(AGAIN) ? 0 : (OWN[part.States[name].Type] ?? 2) + nested(part.States[name], services)]));
  const counted = names.some((name) => isCounter(part.States[name]));
  const once = counted ? names.reduce((sum, name) => sum + weight[name], 0) : longestWay(part, weight);
  const again = (name: string) => (OWN[part.States[name].Type] ?? 2) + turnOfItems(part.States[name], name.startsWith(EACH_WAVE) ? 1 : services);
  const further = (loop: string[]) => {
    const waves = loop[0].startsWith(EACH_WAVE) ? services : 1;
    return (waves * turnsOf(part.States, loop, services) - 1) * loop.reduce((sum, name) => sum + again(name), 0);
  };
  const seldom = (SELDOM_TURNS - 1) * SELDOM.reduce((sum, name) => sum + (weight[name] ?? 0), 0);
  return once + seldom + loops(part.States, weight).reduce((sum, loop) => sum + further(loop), 0);
}

/** Events along the longest way through a part without a counter. */
function longestWay({ StartAt, States }: any, weight: { [name: string]: number }): number {
  const known: { [name: string]: number } = {};
  const from = (name: string, passed: string[]): number => known[name] ??= weight[name] + Math.max(0, ...nextOf(States[name])
    .filter((next) => next in States && !passed.includes(next)).map((next) => from(next, [...passed, next])));
  return from(StartAt, [StartAt]);
}

/** Turn of a loop for each of its services. What has no looks runs as a whole. */
function turnOfItems(state: any, items: number): number {
  const looks = Object.entries<any>(state.ItemProcessor?.States ?? {}).filter(([name]) => LOOKS.includes(name));
  return looks.length > 0 ? items * looks.reduce((sum, [, { Type }]) => sum + (OWN[Type] ?? 2), 2) : nested(state, items);
}

function nested(state: any, services: number): number {
  const items = ITEMS[state.ItemsPath] ?? services;
  if (state.ItemsPath === '$.work.TaskDefinition.ContainerDefinitions') {
    // One is the application, and the others are kept as they are.
    return 2 + mostEvents(state.ItemProcessor, services) + (items - 1) * 8;
  }
  const each = state.ItemProcessor ? items * (2 + mostEvents(state.ItemProcessor, services)) : 0;
  return (1 + retriesOf(state)) * (each + (state.Branches ?? []).reduce((sum: number, branch: any) => sum + mostEvents(branch, services), 0));
}

/** A part that waits is run again as a whole. Calls that are made again have what is left of the events. */
function retriesOf(state: any): number {
  return state.Branches ? (state.Retry?.[0].MaxAttempts ?? 0) : 0;
}

/** The heaviest way round through each counter. */
function loops(states: any, weight: { [name: string]: number }): string[][] {
  return Object.keys(states).filter((name) => isCounter(states[name])).flatMap((counter) => {
    let heaviest: string[] = [];
    const sum = (way: string[]) => way.reduce((events, name) => events + weight[name], 0);
    const go = (way: string[]): void => nextOf(states[way[way.length - 1]]).forEach((next) => {
      if (next === counter && sum(way) > sum(heaviest)) {
        heaviest = way;
      } else if (next !== SELDOM[0] && !TOLD.test(next) && !way.includes(next) && !isCounter(states[next])) {
        go([...way, next]);
      }
    });
    go([counter]);
    return heaviest.length > 0 ? [heaviest] : [];
  });
}

function comparison(state: any): any {
  return state.Choices?.find(({ NumericGreaterThanEquals: most, NumericLessThanPath: length }: any) => most !== undefined || length !== undefined);
}

function isCounter(state: any): boolean {
  return state.Type === 'Choice' && comparison(state) !== undefined;
}

function turnsOf(states: any, [counter]: string[], services: number): number {
  return comparison(states[counter]).NumericGreaterThanEquals ?? services;
}

function nextOf(state: any): string[] {
  return [state, ...state.Choices ?? [], ...state.Catch ?? []].flatMap(({ Next, Default }) => [Next, Default]).filter((name) => name !== undefined);
}
