/* eslint-disable @typescript-eslint/no-explicit-any -- definitions are whatever the language has */

/** Call of AWS in a definition. */
export interface CallSite {
  /** Name of the state. */
  readonly state: string;
  /** `ecs:updateService` */
  readonly api: string;
}

/** Every call of AWS in a definition, in branches and maps too. */
export function callSites(definition: any): CallSite[] {
  return Object.entries<any>(definition.States).flatMap(([state, { Resource, Branches = [], ItemProcessor }]) => [
    ...(typeof Resource === 'string' ? [{ state, api: Resource.replace(/^.*aws-sdk:/, '') }] : []),
    ...[...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(callSites),
  ]);
}
