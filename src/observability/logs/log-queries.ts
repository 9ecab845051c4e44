import { Token } from 'aws-cdk-lib';
import type { QueryStringProps } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { DatabaseFamily } from '../../contracts';
import { PropError } from '../../validation/prop-error';
import { CONNECTION_FAILURES, DEADLOCK } from './database-log-metrics';
import type { LogFields } from './log-fields';

/** A question that a log answers. The titles stand in the runbooks. */
export interface LogQuery {
  /** By which runbooks refer to it. */
  readonly title: string;
  /** Logs Insights' own language, its commands one by one. */
  readonly query: QueryStringProps;
}

const DEFAULTS: Required<LogFields> = {
  user: 'user',
  requestId: 'requestId',
  duration: 'duration',
  level: 'level',
  context: 'context',
  message: 'message',
};

/** The names as a query writes them. Refuses what would end the name in the middle of a query. */
export function fieldNames(scope: IConstruct, fields: LogFields = {}): Required<LogFields> {
  Object.entries(fields)
    .filter(([, name]) => !Token.isUnresolved(name) && !/^[A-Za-z_@][\w.@-]*$/.test(name))
    .forEach(([field, name]) => {
      throw new PropError(scope, {
        prop: `fields.${field}`,
        value: name,
        expected: 'letters, digits, "_", "@", "-" and "."',
        fix: 'write the field as it stands in the JSON, with dots where it is nested',
      });
    });
  return Object.fromEntries(
    Object.entries({ ...DEFAULTS, ...fields }).map(([field, name]) => [
      field,
      name.includes('-') ? `\`${name}\`` : name,
    ]),
  ) as unknown as Required<LogFields>;
}

/** What is asked of a service's log (requirement A-16). */
export class ServiceQueries {
  public constructor(private readonly fields: Required<LogFields>) {}

  public all(): LogQuery[] {
    return [
      this.errorsByContext(),
      this.responseTimes(),
      this.requestsPerMinute(),
      this.slowestRequests(),
      this.oneRequest(),
      this.activeUsers(),
    ];
  }

  /** Where errors come from, most first (requirement A-16). */
  public errorsByContext(): LogQuery {
    const { level, context, message } = this.fields;
    return {
      title: 'Errors by context',
      query: {
        filterStatements: [
          `${level} like /(?i)^(error|fatal|critical)$/ or ${level} >= 50 or @message like /^[^{]*(ERROR|FATAL|CRITICAL)/`,
        ],
        statsStatements: [
          `count(*) as errors, latest(${message}) as lastMessage, max(@timestamp) as lastSeen by ${context}`,
        ],
        sort: 'errors desc',
        limit: 50,
      },
    };
  }

  /** Response-time percentiles (requirement A-16). */
  public responseTimes(): LogQuery {
    const { duration } = this.fields;
    return {
      title: 'Response times',
      query: {
        filterStatements: [`ispresent(${duration})`],
        statsStatements: [
          `pct(${duration}, 50) as p50, pct(${duration}, 90) as p90, pct(${duration}, 99) as p99, count(*) as requests by bin(5m)`,
        ],
      },
    };
  }

  /** Requests per minute (requirement A-16). */
  public requestsPerMinute(): LogQuery {
    return {
      title: 'Requests per minute',
      query: {
        filterStatements: [`ispresent(${this.fields.duration})`],
        statsStatements: ['count(*) as requests by bin(1m)'],
      },
    };
  }

  public slowestRequests(): LogQuery {
    const { duration, requestId, user, context } = this.fields;
    return {
      title: 'Slowest requests',
      query: {
        fields: ['@timestamp', duration, requestId, user, context, '@message'],
        filterStatements: [`ispresent(${duration})`],
        sort: `${duration} desc`,
        limit: 50,
      },
    };
  }

  /** All that one request wrote; its id is filled in by whoever runs it. */
  public oneRequest(): LogQuery {
    const { requestId, level, context, message } = this.fields;
    return {
      title: 'One request',
      query: {
        fields: ['@timestamp', level, context, message, '@message'],
        filterStatements: [`${requestId} = 'PUT-THE-REQUEST-ID-HERE'`],
        sort: '@timestamp asc',
        limit: 1000,
      },
    };
  }

  /** Different users by the hour, of the time before a rule counts them (requirement A-18). */
  public activeUsers(): LogQuery {
    const { user } = this.fields;
    return {
      title: 'Active users',
      query: {
        filterStatements: [`ispresent(${user})`],
        statsStatements: [`count_distinct(${user}) as users by bin(1h)`],
      },
    };
  }
}

/** What is asked of a database's log. */
export function databaseQueries(family: DatabaseFamily): LogQuery[] {
  const matching = (title: string, texts: string[]): LogQuery => ({
    title,
    query: {
      fields: ['@timestamp', '@log', '@message'],
      filterStatements: [`@message like /${texts.map((text) => text.replace(/\./g, '\\.')).join('|')}/`],
      sort: '@timestamp desc',
      limit: 100,
    },
  });
  return [
    matching('Refused connections', CONNECTION_FAILURES[family]),
    matching('Deadlocks', [DEADLOCK]),
    serverErrors(family),
  ];
}

function serverErrors(family: DatabaseFamily): LogQuery {
  const parse =
    family === DatabaseFamily.POSTGRES
      ? '/(?<severity>ERROR|FATAL|PANIC): +(?<reason>.{1,80})/'
      : '/\\[(?<severity>ERROR|Warning)\\] *(\\[[^\\]]*\\] *)*(?<reason>.{1,80})/';
  return {
    title: 'Errors of the server',
    query: {
      parseStatements: [`@message ${parse}`],
      filterStatements: ['ispresent(severity)'],
      statsStatements: ['count(*) as times, max(@timestamp) as lastSeen by severity, reason'],
      sort: 'times desc',
      limit: 50,
    },
  };
}
