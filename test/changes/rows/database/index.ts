import { changesAround } from '../../general';
import type { Row } from '../../rows';
import { ADOPTED_ROWS } from './adopted';
import { ADOPTED_SIGN_IN_ROWS } from './adopted-sign-ins';
import { BACKUP_ROWS, RECOVERY_ROWS } from './backup';
import { databaseCalls } from './calls';
import { CREDENTIAL_ROWS } from './credentials';
import { EVENT_ROWS } from './events';
import { INSTANCE_ROWS, MYSQL_INSTANCE_ROWS } from './instance';
import { RESTORED_CLUSTER_ROWS, RESTORED_INSTANCE_ROWS } from './restore';
import {
  SERVED_CLUSTER_ROWS, SERVED_INSTANCE_ROWS, SERVED_MYSQL_INSTANCE_ROWS, SERVED_MYSQL_ROWS,
} from './served';
import { CLUSTER_ROWS, MYSQL_ROWS } from './serverless';
import { CLUSTER, INSTANCE, MYSQL, MYSQL_INSTANCE } from './subjects';
import { USER_ROWS } from './users';

/** Rows of databases, in the order of the page. */
export const DATABASE_ROWS: readonly Row[] = [
  ...INSTANCE_ROWS,
  ...SERVED_INSTANCE_ROWS,
  ...CREDENTIAL_ROWS,
  ...BACKUP_ROWS,
  ...RESTORED_INSTANCE_ROWS,
  ...databaseCalls(INSTANCE),
  ...changesAround(INSTANCE),
  ...CLUSTER_ROWS,
  ...SERVED_CLUSTER_ROWS,
  ...RESTORED_CLUSTER_ROWS,
  ...changesAround(CLUSTER),
  ...MYSQL_ROWS,
  ...SERVED_MYSQL_ROWS,
  ...changesAround(MYSQL),
  ...MYSQL_INSTANCE_ROWS,
  ...SERVED_MYSQL_INSTANCE_ROWS,
  ...changesAround(MYSQL_INSTANCE),
  ...USER_ROWS,
  ...EVENT_ROWS,
  ...RECOVERY_ROWS,
  ...ADOPTED_ROWS,
  ...ADOPTED_SIGN_IN_ROWS,
];
