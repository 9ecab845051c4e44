import type { ServiceFacts } from '../../../src/delivery/release/context/service-facts';
/** Constants of a service, as the definition of a release has them. */
export type Facts = Required<ServiceFacts>;

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
