/** Events in the history of an execution: a task is entered, scheduled, started, succeeded and left; what has parts tells of them, too. */
const OWN: { [type: string]: number } = { Task: 5, Map: 4, Parallel: 4, Fail: 1 };
/** Items of a list that isn't one of services; more than any task has. */
const ITEMS: { [path: string]: number } = {
  '$.work.TaskDefinition.ContainerDefinitions': 5, '$.running.TaskDefinition.ContainerDefinitions': 5, '$.container.Environment': 6, '$.work.Tags': 20, '$.tasks.TaskArns': 2, '$.running.Executions': 5, '$.releases': 5,
};
/** A loop may pass it once only, as its counter of tries says. */
const ONCE = 'Count the update';
/** Way through a loop that its own counter lets it take so often: a window of the database is waited for, six hours at most. */
const SELDOM = ['Await window of the database', 'Count waits', 'Start snapshot again'];
const SELDOM_TURNS = 24;

/**
 * The most events that an execution can have, by walking its definition: every state once, every loop for as long as its counter lets it, along the
 * longest way round. Each part of a map for each of its items, each turn over services for each of them.
 */
export function mostEvents(part: any, services: number): number {
  const names = Object.keys(part.States);
  const weight = Object.fromEntries(names.map((name) => [name, (OWN[part.States[name].Type] ?? 2) + nested(part.States[name], services)]));
  const once = names.reduce((sum, name) => sum + weight[name], 0);
  const further = (loop: string[]) => (turnsOf(part.States, loop, services) - 1) * loop.reduce((sum, name) => sum + weight[name], 0);
  const seldom = (SELDOM_TURNS - 1) * SELDOM.reduce((sum, name) => sum + (weight[name] ?? 0), 0);
  return once + seldom + loops(part.States, weight).reduce((sum, loop) => sum + further(loop), 0);
}

function nested(state: any, services: number): number {
  const items = ITEMS[state.ItemsPath] ?? services;
  const each = state.ItemProcessor ? items * (2 + mostEvents(state.ItemProcessor, services)) : 0;
  return each + (state.Branches ?? []).reduce((sum: number, branch: any) => sum + mostEvents(branch, services), 0);
}

/** The heaviest way round through each counter. */
function loops(states: any, weight: { [name: string]: number }): string[][] {
  return Object.keys(states).filter((name) => isCounter(states[name])).flatMap((counter) => {
    let heaviest: string[] = [];
    const sum = (way: string[]) => way.reduce((events, name) => events + weight[name], 0);
    const go = (way: string[]): void => nextOf(states[way[way.length - 1]]).forEach((next) => {
      if (next === counter && sum(way) > sum(heaviest)) {
        heaviest = way;
      } else if (next !== ONCE && next !== SELDOM[0] && !way.includes(next) && !isCounter(states[next])) {
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
