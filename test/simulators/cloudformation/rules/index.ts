import { AWS_CALLS } from './aws-calls';
import { CACHE } from './cache';
import { CACHE_CLIENTS } from './cache-clients';
import { CLIENTS } from './clients';
import { DATABASE } from './database';
import { DEFAULT_GROUP } from './default-group';
import { DOCUMENTS } from './documents';
import { ECS } from './ecs';
import { ENDPOINT_POLICIES } from './endpoint-policy';
import { EXECUTIONS } from './executions';
import { FILE_SYSTEMS } from './file-systems';
import { FIREWALL } from './firewall';
import { HARMLESS } from './harmless';
import { IMAGES } from './images';
import { LIFETIMES } from './lifetimes';
import { LOAD_BALANCER_RULES } from './load-balancer';
import { NAMES } from './names';
import { NETWORK } from './network';
import { PLACES } from './places';
import { PUBLIC_ADDRESSES } from './public-addresses';
import { REFERENCES } from './references';
import { Rulebook } from './rule';
import { RUNNING_TASKS } from './running-tasks';
import { SCALING } from './scaling';
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
  PUBLIC_ADDRESSES,
  ENDPOINT_POLICIES,
  DEFAULT_GROUP,
  PLACES,
  LOAD_BALANCER_RULES,
  TRAFFIC,
  CLIENTS,
  FIREWALL,
  AWS_CALLS,
  ECS,
  RUNNING_TASKS,
  SCALING,
  EXECUTIONS,
  DATABASE,
  CACHE,
  CACHE_CLIENTS,
  SETUP_RULES,
  STORED_DATA,
  LIFETIMES,
  IMAGES,
  TRUST,
  FILE_SYSTEMS,
  TEXT,
  SIZES,
  DOCUMENTS,
  REFERENCES,
  HARMLESS,
]);
