import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { checkReason } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { AlertChannel } from './alert-channel';
import type { AlertRoutingProps } from './alert-routing';
import type { TopicUse } from './alert-topics';
import { Severity, SEVERITIES } from './severity';

/** Where alarms on forwarding functions are best sent: heard soon, without waking anybody if that can be. */
const FOR_OUR_OWN_ALARMS = [Severity.ERROR, Severity.CRITICAL, Severity.WARNING];

/** What is told where warnings go, unless it has channels of its own. */
const TOLD_WITH_WARNINGS = ['deployment', 'cost'];

/** Which channels hear of what. */
export class Routes {
  /** Each channel once. */
  public readonly channels: AlertChannel[];
  /** The topic that tells of deployments. */
  public readonly deployment: string;
  /** The topic that tells of costs. */
  public readonly cost: string;

  public constructor(private readonly listeners: { readonly [topic: string]: AlertChannel[] }) {
    this.channels = [
      ...new Map(
        Object.values(listeners)
          .flat()
          .map((channel) => [channel._identity, channel]),
      ).values(),
    ];
    this.deployment = listeners.deployment ? 'deployment' : Severity.WARNING;
    this.cost = listeners.cost ? 'cost' : Severity.WARNING;
  }

  /** The topics, and what each is for. */
  public get uses(): { [topic: string]: TopicUse[] } {
    return Object.fromEntries(
      Object.keys(this.listeners).map((topic) => [
        topic,
        [
          ...(SEVERITIES.includes(topic as Severity) ? ['severity' as const] : []),
          ...(topic === this.deployment ? ['deployment' as const] : []),
          ...(topic === this.cost ? ['cost' as const] : []),
        ],
      ]),
    );
  }

  /** What a channel hears of. */
  public topicsOf(channel: AlertChannel): string[] {
    return Object.keys(this.listeners).filter((topic) =>
      this.listeners[topic].some(({ _identity }) => _identity === channel._identity),
    );
  }

  /** Whether anybody hears of a severity. */
  public isHeard(severity: Severity): boolean {
    return this.listeners[severity].length > 0;
  }

  /** A severity of which others than this channel hear, best without it. */
  public severityWithout(channel?: AlertChannel): Severity | undefined {
    const isOther = ({ _identity }: AlertChannel): boolean => _identity !== channel?._identity;
    const heardByOthers = FOR_OUR_OWN_ALARMS.filter((severity) => this.listeners[severity].some(isOther));
    return heardByOthers.find((severity) => this.listeners[severity].every(isOther)) ?? heardByOthers[0];
  }
}

/** The routes that were asked for, or a refusal. */
export function checkedRoutes(scope: IConstruct, props: AlertRoutingProps, profile: EnvironmentProfile): Routes {
  const given = {
    [Severity.CRITICAL]: props.onCritical,
    [Severity.ERROR]: props.onError,
    [Severity.WARNING]: props.onWarning,
    deployment: props.onDeployment,
    cost: props.onCost,
  };
  Object.entries(given).forEach(([topic, channels = []]) => checkChannels(scope, propOf(topic), channels));
  TOLD_WITH_WARNINGS.forEach((topic) => checkNotEmpty(scope, propOf(topic), given[topic as keyof typeof given]));
  checkUnheard(scope, props, given, profile);
  const always = Object.fromEntries(SEVERITIES.map((severity) => [severity, given[severity] ?? []]));
  const heard = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, AlertChannel[]] => (entry[1] ?? []).length > 0),
  );
  return new Routes({ ...always, ...heard });
}

function propOf(topic: string): string {
  return `on${topic[0].toUpperCase()}${topic.slice(1)}`;
}

function checkChannels(scope: IConstruct, prop: string, channels: AlertChannel[]): void {
  channels.forEach((channel, index) => {
    channel._check(scope, prop);
    if (channels.findIndex(({ _identity }) => _identity === channel._identity) !== index) {
      throw new PropError(scope, {
        prop,
        value: channel._identity,
        expected: 'each channel once',
        fix: 'leave the second one out: it would hear of everything twice',
      });
    }
  });
}

function checkNotEmpty(scope: IConstruct, prop: string, channels: AlertChannel[] | undefined): void {
  if (channels?.length === 0) {
    throw new PropError(scope, {
      prop,
      value: [],
      expected: 'a channel or more',
      fix: 'leave it out: then who hears of warnings is told',
    });
  }
}

function checkUnheard(
  scope: IConstruct,
  { unnotified = {} }: AlertRoutingProps,
  given: { readonly [topic: string]: AlertChannel[] | undefined },
  profile: EnvironmentProfile,
): void {
  const topics = [...SEVERITIES, ...TOLD_WITH_WARNINGS];
  Object.entries(unnotified).forEach(([topic, { reason }]) => {
    if (!topics.includes(topic)) {
      throw new PropError(scope, {
        prop: 'unnotified',
        value: topic,
        expected: topics.join(', '),
        fix: 'name one of these',
      });
    }
    checkReason(scope, `unnotified.${topic}.reason`, reason);
  });
  const hasChannels = (topic: string): boolean => (given[topic] ?? []).length > 0;
  topics.forEach((topic) => {
    const withWarnings = TOLD_WITH_WARNINGS.includes(topic) && !hasChannels(topic);
    const heard = hasChannels(withWarnings ? Severity.WARNING : topic);
    if (heard && unnotified[topic]) {
      throw new PropError(scope, {
        prop: 'unnotified',
        value: topic,
        expected: `what nobody hears of; ${propOf(withWarnings ? Severity.WARNING : topic)} has channels`,
        fix: 'leave one of them out',
      });
    }
    if (!heard && !unnotified[topic] && profile.alertsHeard) {
      throw new PropError(scope, {
        prop: propOf(topic),
        value: given[topic],
        expected: `a channel or more in ${profile.name}${withWarnings ? ': without, it is told where warnings go, and nobody hears of those' : ''}`,
        fix: `give an AlertChannel, or say why nobody hears of it in unnotified: { ${topic}: { reason: '...' } }`,
      });
    }
  });
}
