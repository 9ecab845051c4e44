import { AWS_CALL_CASES } from './aws-calls';
import { CACHE_CASES } from './cache';
import type { Case } from './case';
import { CLIENT_CASES } from './clients';
import { DATABASE_CASES } from './database';
import { DEFAULT_GROUP_CASES } from './default-group';
import { ECS_CASES } from './ecs';
import { ENDPOINT_POLICY_CASES } from './endpoint-policy';
import { EXECUTION_CASES } from './executions';
import { FILE_SYSTEM_CASES } from './file-systems';
import { FIREWALL_CASES } from './firewall';
import { DOCUMENT_CASES, HARMLESS_CASES } from './harmless';
import { IMAGE_CASES } from './images';
import { LIFETIME_CASES } from './lifetimes';
import { LOAD_BALANCER_CASES, TRAFFIC_CASES } from './load-balancer';
import { NAME_CASES, TEXT_CASES } from './names';
import { NETWORK_CASES } from './network';
import { PLACE_CASES } from './places';
import { PUBLIC_ADDRESS_CASES } from './public-addresses';
import { REFERENCE_CASES } from './references';
import { RUNNING_TASK_CASES } from './running-tasks';
import { SCALING_CASES } from './scaling';
import { SETUP_CASES } from './setup';
import { SIZE_CASES } from './sizes';
import { STORED_DATA_CASES } from './stored-data';
import { TRUST_CASES } from './trust';

/** All documented cases that the engine is held to. */
export const CASES: readonly Case[] = [
  ...NAME_CASES,
  ...TEXT_CASES,
  ...NETWORK_CASES,
  ...DEFAULT_GROUP_CASES,
  ...PLACE_CASES,
  ...LOAD_BALANCER_CASES,
  ...TRAFFIC_CASES,
  ...CLIENT_CASES,
  ...FIREWALL_CASES,
  ...ENDPOINT_POLICY_CASES,
  ...PUBLIC_ADDRESS_CASES,
  ...RUNNING_TASK_CASES,
  ...SCALING_CASES,
  ...EXECUTION_CASES,
  ...AWS_CALL_CASES,
  ...ECS_CASES,
  ...DATABASE_CASES,
  ...CACHE_CASES,
  ...SETUP_CASES,
  ...STORED_DATA_CASES,
  ...LIFETIME_CASES,
  ...IMAGE_CASES,
  ...TRUST_CASES,
  ...FILE_SYSTEM_CASES,
  ...SIZE_CASES,
  ...REFERENCE_CASES,
  ...DOCUMENT_CASES,
  ...HARMLESS_CASES,
];
