/** An expression of metric maths, read. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: Expression[] }
  | { readonly kind: 'negated'; readonly operand: Expression }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

export type Operator = '+' | '-' | '*' | '/' | '^' | '==' | '!=' | '<=' | '>=' | '<' | '>' | 'AND' | 'OR';

/** From the weakest binding to the strongest. */
const LEVELS: Operator[][] = [['OR'], ['AND'], ['==', '!='], ['<=', '>=', '<', '>'], ['+', '-'], ['*', '/']];
const SPELLINGS: { [spelling: string]: Operator } = { '||': 'OR', '&&': 'AND' };
const TOKEN = /\s*(\d+(?:\.\d+)?|\.\d+|"[^"]*"|'[^']*'|[A-Za-z_]\w*|==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],])/y;

/** Reads an expression; throws where it can't be read to its end. */
export function parseExpression(source: string): Expression {
  return new Parser(source).parse();
}

class Parser {
  private readonly tokens: string[];
  private position = 0;

  public constructor(private readonly source: string) {
    this.tokens = tokensOf(source);
  }

  public parse(): Expression {
    const expression = this.level(0);
    if (this.position < this.tokens.length) {
      throw this.unexpected();
    }
    return expression;
  }

  private level(depth: number): Expression {
    if (depth === LEVELS.length) {
      return this.signed();
    }
    let left = this.level(depth + 1);
    for (let operator = this.operator(LEVELS[depth]); operator; operator = this.operator(LEVELS[depth])) {
      left = { kind: 'operation', operator, left, right: this.level(depth + 1) };
    }
    return left;
  }

  private operator(allowed: Operator[]): Operator | undefined {
    const token = this.tokens[this.position];
    const operator = SPELLINGS[token] ?? token;
    if (!allowed.includes(operator as Operator)) {
      return undefined;
    }
    this.position++;
    return operator as Operator;
  }

  private signed(): Expression {
    if (this.take('-')) {
      return { kind: 'negated', operand: this.signed() };
    }
    const base = this.primary();
    return this.take('^') ? { kind: 'operation', operator: '^', left: base, right: this.signed() } : base;
  }

  private primary(): Expression {
    if (this.take('(')) {
      const inner = this.level(0);
      this.expect(')');
      return inner;
    }
    if (this.take('[')) {
      return { kind: 'list', items: this.listUntil(']') };
    }
    const token = this.tokens[this.position];
    if (token === undefined || /^[^\w."']/.test(token)) {
      throw this.unexpected();
    }
    this.position++;
    if (/^[\d.]/.test(token)) {
      return { kind: 'number', value: Number(token) };
    }
    if (/^["']/.test(token)) {
      return { kind: 'text', value: token.slice(1, -1) };
    }
    return this.take('(') ? { kind: 'call', name: token, args: this.listUntil(')') } : { kind: 'name', name: token };
  }

  private listUntil(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(end)) {
      return items;
    }
    do {
      items.push(this.level(0));
    } while (this.take(','));
    this.expect(end);
    return items;
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

function tokensOf(source: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (source.slice(TOKEN.lastIndex).trim() !== '') {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) {
      throw new Error(`${source.slice(from).trim()} can't be read in ${source}`);
    }
    tokens.push(match[1]);
  }
  return tokens;
}
