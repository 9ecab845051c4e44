import type { AlarmState } from './missing-data';
import { TokenParser } from './token-parser';

/** Whether a rule holds, given the state of each alarm it names. */
export type CompositeRule = (stateOf: (alarm: string) => AlarmState) => boolean;

const TOKEN = /\s*("[^"]*"|\(|\)|,|\d+%?|[^\s(),"]+)/y;
const STATES = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** Reads the rule of a composite alarm: `ALARM(a) AND (OK(b) OR NOT AT_LEAST(2, ALARM, (c, d, e)))`. */
export function parseCompositeRule(source: string): CompositeRule {
  return new RuleParser(source).parse();
}

class RuleParser extends TokenParser {
  public constructor(private readonly rule: string) {
    super(rule, TOKEN);
  }

  public parse(): CompositeRule {
    return this.toTheEnd(this.either());
  }

  private either(): CompositeRule {
    const rules = [this.both()];
    while (this.take('OR')) {
      rules.push(this.both());
    }
    return (stateOf) => rules.some((rule) => rule(stateOf));
  }

  private both(): CompositeRule {
    const rules = [this.single()];
    while (this.take('AND')) {
      rules.push(this.single());
    }
    return (stateOf) => rules.every((rule) => rule(stateOf));
  }

  private single(): CompositeRule {
    if (this.take('NOT')) {
      const rule = this.single();
      return (stateOf) => !rule(stateOf);
    }
    if (this.take('(')) {
      const rule = this.either();
      this.expect(')');
      return rule;
    }
    const word = this.next();
    if (word === 'TRUE' || word === 'FALSE') {
      return () => word === 'TRUE';
    }
    if (word === 'AT_LEAST') {
      return this.atLeast();
    }
    const [alarm] = this.alarms();
    const state = this.stateNamed(word);
    return (stateOf) => stateOf(alarm) === state;
  }

  private atLeast(): CompositeRule {
    this.expect('(');
    const amount = this.next();
    this.expect(',');
    const not = this.take('NOT');
    const state = this.stateNamed(this.next());
    this.expect(',');
    const alarms = this.alarms();
    this.expect(')');
    const needed = amount.endsWith('%') ? Math.ceil(alarms.length * Number.parseInt(amount) / 100) : Number(amount);
    return (stateOf) => alarms.filter((alarm) => (stateOf(alarm) === state) !== not).length >= needed;
  }

  private alarms(): string[] {
    this.expect('(');
    const alarms = [this.next()];
    while (this.take(',')) {
      alarms.push(this.next());
    }
    this.expect(')');
    return alarms.map((alarm) => alarm.replace(/"/g, ''));
  }

  private stateNamed(word: string): AlarmState {
    if (!STATES.includes(word)) {
      throw new Error(`${word} is no state of an alarm in ${this.rule}`);
    }
    return word as AlarmState;
  }
}
