/** Output of a migration's plan. */
export class Logs {
  public getLogEvents() {
    return { Events: [{ Message: 'ALTER TABLE orders ADD COLUMN note text;' }, { Message: 'CREATE INDEX ON orders (note);' }] };
  }
}
