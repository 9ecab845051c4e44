import { AWS_CALLS } from './aws-calls';
import { DATABASE } from './database';
import { DOCUMENTS } from './documents';
import { ECS } from './ecs';
import { FILE_SYSTEMS } from './file-systems';
import { HARMLESS } from './harmless';
import { LIFETIMES } from './lifetimes';
import { LOAD_BALANCER_RULES } from './load-balancer';
import { NAMES } from './names';
import { NETWORK } from './network';
import { PLACES } from './places';
import { REFERENCES } from './references';
import { Rulebook } from './rule';
import { SETUP_RULES } from './setup';
import { SIZES } from './sizes';
import { STORED_DATA } from './stored-data';
import { TEXT } from './text';
import { TRAFFIC } from './traffic';
import { TRUST } from './trust';

/** All rules of the engine. */
export const RULES = new Rulebook([
  NAMES,
  NETWORK,
  PLACES,
  LOAD_BALANCER_RULES,
  TRAFFIC,
  AWS_CALLS,
  ECS,
  DATABASE,
  SETUP_RULES,
  STORED_DATA,
  LIFETIMES,
  TRUST,
  FILE_SYSTEMS,
  TEXT,
  SIZES,
  DOCUMENTS,
  REFERENCES,
  HARMLESS,
]);
