/** Constants of a service, as the definition of a release has them. */
export interface Facts {
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  readonly family: string;
  readonly container: string;
  readonly repository: string;
  readonly uri: string;
  readonly parameter: string;
  readonly alarms: string[];
  readonly stack: string;
  readonly rule: string;
  readonly minTasks: number;
}

/** Behaviour of a version, by its tag. */
export interface Faults {
  [tag: string]:
    | 'fails on green'
    | 'fires in the shift'
    | 'never ends'
    | 'waits for approval'
    | 'migration fails'
    | 'migration hangs'
    | 'fires afterwards'
    | 'can not be rolled back';
}

/** What all services of the account share. */
export interface World {
  readonly facts: Facts[];
  readonly faults: Faults;
}

/** Does something at a certain moment. */
export type Moment = (api: string, input: any) => unknown;
