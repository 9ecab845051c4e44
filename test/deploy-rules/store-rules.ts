import { type DeployRule, list, referred, resources } from './template-json';

/** RDS gives a gp3 volume below this size a fixed performance, and refuses to be told one. */
const GP3_SETTABLE_GIB = 400;

export const STORE_RULES: DeployRule[] = [
  {
    id: 'small-gp3-without-iops',
    why: 'PostgreSQL and MySQL on gp3 under 400 GiB take neither Iops nor StorageThroughput.',
    check: (template) => resources(template, 'AWS::RDS::DBInstance').filter(({ p }) => p.StorageType === 'gp3' && /^(postgres|mysql|mariadb)$/.test(p.Engine ?? '')
      && Number(p.AllocatedStorage) < GP3_SETTABLE_GIB && (p.Iops !== undefined || p.StorageThroughput !== undefined)).map(({ id }) => id),
  },
  {
    id: 'managed-secret-without-replicas',
    why: 'RDS makes no read replica of an instance whose master secret it manages.',
    check: (template) => resources(template, 'AWS::RDS::DBInstance').filter(({ p }) => {
      const source = referred(template, p.SourceDBInstanceIdentifier, 'AWS::RDS::DBInstance');
      return source?.p.ManageMasterUserPassword === true;
    }).map(({ id }) => id),
  },
  {
    id: 'database-logs-before-server',
    why: 'RDS makes a log group that it does not find, without key and retention; creating it afterwards fails because it exists.',
    check: (template) => resources(template, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster').flatMap(({ id, p, resource }) => {
      const name = p.DBInstanceIdentifier ?? p.DBClusterIdentifier;
      const own = resources(template, 'AWS::Logs::LogGroup').filter((group) => typeof name === 'string' && `${group.p.LogGroupName}`.includes(`/${name}/`));
      return own.filter((group) => !list(resource.DependsOn).includes(group.id)).map((group) => `${id} before ${group.id}`);
    }),
  },
  {
    id: 'redis-default-user',
    why: 'A user group of ElastiCache must hold a user named default, and one of Valkey no user without a password.',
    check: (template) => resources(template, 'AWS::ElastiCache::UserGroup').filter(({ p }) => {
      const users = list(p.UserIds).map((user) => referred(template, user, 'AWS::ElastiCache::User')?.p ?? { UserName: user });
      const open = users.some(({ NoPasswordRequired, AuthenticationMode }) => NoPasswordRequired === true || /no-password/.test(AuthenticationMode?.Type ?? ''));
      return !users.some(({ UserName }) => UserName === 'default') || (p.Engine === 'valkey' && open);
    }).map(({ id }) => id),
  },
  {
    id: 'five-notifications-a-budget',
    why: 'A budget takes five notifications.',
    check: (template) => resources(template, 'AWS::Budgets::Budget').filter(({ p }) => list(p.NotificationsWithSubscribers).length > 5).map(({ id }) => id),
  },
];
