import type { AlarmState } from './missing-data';

/** Whether a rule holds, given the state of each alarm it names. */
export type CompositeRule = (stateOf: (alarm: string) => AlarmState) => boolean;

const TOKEN = /\s*("[^"]*"|\(|\)|,|\d+%?|[^\s(),"]+)/y;
const STATES = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/** Reads the rule of a composite alarm: `ALARM(a) AND (OK(b) OR NOT AT_LEAST(2, ALARM, (c, d, e)))`. */
export function parseCompositeRule(source: string): CompositeRule {
  return new RuleParser(source).parse();
}

class RuleParser {
  private readonly tokens: string[] = [];
  private position = 0;

  public constructor(private readonly source: string) {
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
      this.tokens.push(match[1]);
    }
  }

  public parse(): CompositeRule {
    const rule = this.either();
    if (this.position < this.tokens.length) {
      throw this.unexpected();
    }
    return rule;
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
      throw new Error(`${word} is no state of an alarm in ${this.source}`);
    }
    return word as AlarmState;
  }

  private next(): string {
    if (this.position >= this.tokens.length) {
      throw this.unexpected();
    }
    return this.tokens[this.position++];
  }

  private take(token: string): boolean {
    if (this.tokens[this.position] !== token) {
      return false;
    }
    this.position++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) {
      throw this.unexpected();
    }
  }

  private unexpected(): Error {
    return new Error(`${this.tokens[this.position] ?? 'the end'} is not expected in ${this.source}`);
  }
}
