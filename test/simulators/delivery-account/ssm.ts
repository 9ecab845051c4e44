import { AwsError } from '../state-machines';

/** Parameters with their versions, and change calendars. */
export class Ssm {
  /** Values of each parameter, the newest last. */
  public readonly parameters: { [name: string]: string[] } = {};
  public calendar: 'OPEN' | 'CLOSED' = 'OPEN';

  public value(parameter: string): string {
    return this.parameters[parameter][this.parameters[parameter].length - 1];
  }

  public getParameter({ Name }: any) {
    const [name, selector] = Name.split(':');
    const version = selector === undefined ? this.parameters[name].length : Number(selector);
    return { Parameter: { Name: name, Value: this.parameters[name][version - 1], Version: version } };
  }

  public putParameter({ Name, Value }: any) {
    if (Value.length > 8192) {
      throw new AwsError('Ssm.ParameterMaxLengthExceeded', Name);
    }
    this.parameters[Name].push(Value);
    return { Version: this.parameters[Name].length };
  }

  public getCalendarState() {
    return { State: this.calendar };
  }
}
