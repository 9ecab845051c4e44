import { Token } from 'aws-cdk-lib';
import type { QueryStringProps } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { DatabaseFamily } from '../../contracts';
import { PropError } from '../../validation/prop-error';
import { CONNECTION_FAILURES, DEADLOCK } from './database-log-metrics';
import type { LogFields } from './log-fields';

/** Query of a log. The runbooks refer to it by its title. */
export interface LogQuery {
  /** Title in the console and in runbooks. */
  readonly title: string;
  /** Commands in the query language of CloudWatch Logs Insights. */
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

/** Field names as a query contains them. Throws a PropError for a name that would break the query. */
export function fieldNames(scope: IConstruct, fields: LogFields = {}): Required<LogFields> {
  const given = Object.entries(fields).filter(([, name]) => name !== undefined);
  given
    .filter(([, name]) => !Token.isUnresolved(name) && !/^[A-Za-z_@][\w.@-]*$/.test(name))
    .forEach(([field, name]) => {
      throw new PropError(scope, {
        prop: `fields.${field}`,
        value: name,
        expected: 'letters, digits, "_", "@", "-" and "."',
        fix: 'write the name of the JSON field, with dots where it is nested',
      });
    });
  return Object.fromEntries(
    Object.entries({ ...DEFAULTS, ...Object.fromEntries(given) }).map(([field, name]) => [
      field,
      name.includes('-') ? `\`${name}\`` : name,
    ]),
  ) as unknown as Required<LogFields>;
}

/** Queries of a service's log. Source: requirement A-16. */
export class ServiceQueries {
  public constructor(private readonly fields: Required<LogFields>) {}

  /** All queries. */
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

  /** Errors grouped by context, the most frequent first. */
  public errorsByContext(): LogQuery {
    const { level, context, message } = this.fields;
    return {
      title: 'Errors by context',
      query: {
        filterStatements: [
          `${level} like /(?i)^(error|fatal|critical)$/ or ${level} >= 50 ` +
            'or @message like /^[^{]*(ERROR|FATAL|CRITICAL)/',
        ],
        statsStatements: [
          `count(*) as errors, latest(${message}) as lastMessage, max(@timestamp) as lastSeen by ${context}`,
        ],
        sort: 'errors desc',
        limit: 50,
      },
    };
  }

  /** Response-time percentiles. */
  public responseTimes(): LogQuery {
    const { duration } = this.fields;
    return {
      title: 'Response times',
      query: {
        filterStatements: [`ispresent(${duration})`],
        statsStatements: [
          `pct(${duration}, 50) as p50, pct(${duration}, 90) as p90, pct(${duration}, 99) as p99, ` +
            'count(*) as requests by bin(5m)',
        ],
      },
    };
  }

  /** Requests per minute. */
  public requestsPerMinute(): LogQuery {
    return {
      title: 'Requests per minute',
      query: {
        filterStatements: [`ispresent(${this.fields.duration})`],
        statsStatements: ['count(*) as requests by bin(1m)'],
      },
    };
  }

  /** Slowest requests first. */
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

  /** Events of one request, whose id is filled in before the query runs. */
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

  /** Distinct users by the hour, for the time before a {@link DistinctCount}. Source: requirement A-18. */
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

/** Queries of a database's log. */
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
