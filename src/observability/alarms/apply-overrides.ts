import type { IConstruct } from 'constructs';
import { Severity } from '../alerting/severity';
import type { AlarmDefinition, Thresholds } from './alarm-definition';
import { denotes, settingsOf } from './alarm-key';
import type { AlarmOverride, AlarmOverrideProps } from './alarm-override';
import type { DisabledAlarm } from './disabled-alarm';
import { filledPeriods } from './late-data';
import { checkHasThreshold, checkKeys, checkNotDisabled, checkOverridden } from './validate-overrides';

/** Changes to the documented alarms. */
export interface AlarmChanges {
  /**
   * Changed thresholds and windows.
   * @default - none
   */
  readonly overrides?: AlarmOverride[];
  /**
   * Alarms that are not created.
   * @default - none
   */
  readonly disabledAlarms?: DisabledAlarm[];
}

/**
 * The documented alarms with the caller's overrides, without the disabled ones. Throws a PropError for a key without an
 * alarm and for values that contradict each other.
 */
export function applyOverrides(
  scope: IConstruct,
  documented: AlarmDefinition[],
  { overrides = [], disabledAlarms = [] }: AlarmChanges,
): AlarmDefinition[] {
  checkKeys(scope, documented, overrides, disabledAlarms);
  const enabled = documented.filter((definition) => {
    const disabled = settingsOf(disabledAlarms, definition).pop();
    checkNotDisabled(scope, disabled, settingsOf(overrides, definition));
    return disabled === undefined;
  });
  const overridden = enabled.map((definition) =>
    settingsOf(overrides, definition).reduce((changed, override) => applied(scope, override, changed), definition),
  );
  overrides.forEach((override) =>
    checkHasThreshold(
      scope,
      override,
      overridden.filter((definition) => denotes(override.key, definition)),
    ),
  );
  return overridden;
}

function applied(scope: IConstruct, override: AlarmOverride, definition: AlarmDefinition): AlarmDefinition {
  const { _props: props } = override;
  const period = props.period ?? definition.period;
  const evaluationPeriods = props.evaluationPeriods ?? definition.evaluationPeriods;
  const overridden = {
    ...definition,
    thresholds: { ...definition.thresholds, ...thresholdsOf(props) },
    period,
    evaluationPeriods,
    datapointsToAlarm:
      props.datapointsToAlarm ??
      (props.evaluationPeriods === undefined
        ? definition.datapointsToAlarm
        : evaluationPeriods - filledPeriods(definition, period)),
  };
  checkOverridden(scope, override, overridden);
  return overridden;
}

/** Without undefined values, as which other languages pass unset props. */
function thresholdsOf({ warningThreshold, errorThreshold, criticalThreshold }: AlarmOverrideProps): Thresholds {
  const given = {
    [Severity.WARNING]: warningThreshold,
    [Severity.ERROR]: errorThreshold,
    [Severity.CRITICAL]: criticalThreshold,
  };
  return Object.fromEntries(Object.entries(given).filter(([, threshold]) => threshold !== undefined));
}
