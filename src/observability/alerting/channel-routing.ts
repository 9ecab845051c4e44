import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import type { AlertRoutingProps } from './alert-routing-props';
import type { TopicUse } from './alert-topics';
import type { AlertChannel } from './channels/alert-channel';
import { Severity, SEVERITIES } from './severity';
import { checkRouting } from './validate-routing';

/** Severities for alarms on forwarding functions: answered soon, and at night only if necessary. */
const PREFERRED_FOR_FORWARDERS = [Severity.ERROR, Severity.CRITICAL, Severity.WARNING];

/** Channels by topic. */
export class ChannelRouting {
  /** All channels, each once. */
  public readonly channels: AlertChannel[];
  /** Name of the topic of deployments. */
  public readonly deployment: string;
  /** Name of the topic of costs. */
  public readonly cost: string;

  public constructor(private readonly channelsByTopic: ReadonlyMap<string, AlertChannel[]>) {
    const channels = [...channelsByTopic.values()].flat();
    this.channels = [...new Map(channels.map((channel) => [channel._identity, channel])).values()];
    this.deployment = channelsByTopic.has('deployment') ? 'deployment' : Severity.WARNING;
    this.cost = channelsByTopic.has('cost') ? 'cost' : Severity.WARNING;
  }

  /** Uses of each topic, by its name. */
  public get uses(): ReadonlyMap<string, TopicUse[]> {
    return new Map(
      [...this.channelsByTopic.keys()].map((topic) => [
        topic,
        [
          ...(SEVERITIES.includes(topic as Severity) ? ['severity' as const] : []),
          ...(topic === this.deployment ? ['deployment' as const] : []),
          ...(topic === this.cost ? ['cost' as const] : []),
        ],
      ]),
    );
  }

  /** Names of the topics that a channel subscribes to. */
  public topicsOf(channel: AlertChannel): string[] {
    return [...this.channelsByTopic.keys()].filter((topic) => this.includes(topic, channel));
  }

  /** True if a severity has a channel. */
  public hasChannels(severity: Severity): boolean {
    return this.channelsByTopic.get(severity)!.length > 0;
  }

  /**
   * Severity for alarms on failures of a channel.
   *
   * It has another channel, and preferably not the failing one.
   *
   * @param channel the channel; without it any severity with a channel
   */
  public severityForFailuresOf(channel?: AlertChannel): Severity | undefined {
    const withOthers = PREFERRED_FOR_FORWARDERS.filter((severity) =>
      this.channelsByTopic.get(severity)!.some(({ _identity }) => _identity !== channel?._identity),
    );
    return withOthers.find((severity) => !this.includes(severity, channel)) ?? withOthers[0];
  }

  private includes(topic: string, channel?: AlertChannel): boolean {
    return this.channelsByTopic.get(topic)!.some(({ _identity }) => _identity === channel?._identity);
  }
}

/** Routing by the given props. Throws a PropError where they are incomplete or contradict each other. */
export function channelRouting(
  scope: IConstruct,
  props: AlertRoutingProps,
  profile: EnvironmentProfile,
): ChannelRouting {
  const given = new Map<string, AlertChannel[] | undefined>([
    [Severity.CRITICAL, props.onCritical],
    [Severity.ERROR, props.onError],
    [Severity.WARNING, props.onWarning],
    ['deployment', props.onDeployment],
    ['cost', props.onCost],
  ]);
  checkRouting(scope, { given, unnotified: props.unnotified ?? [], profile });
  const severities = SEVERITIES.map((severity): [string, AlertChannel[]] => [severity, given.get(severity) ?? []]);
  const withChannels = [...given].flatMap(([topic, channels = []]): [string, AlertChannel[]][] =>
    channels.length > 0 ? [[topic, channels]] : [],
  );
  return new ChannelRouting(new Map([...severities, ...withChannels]));
}
