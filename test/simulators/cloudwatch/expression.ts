import { TokenParser } from './token-parser';

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

class Parser extends TokenParser {
  public constructor(source: string) {
    super(source, TOKEN);
  }

  public parse(): Expression {
    return this.toTheEnd(this.level(0));
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
    const token = this.upcoming ?? '';
    const operator = SPELLINGS[token] ?? token;
    if (!allowed.includes(operator as Operator)) {
      return undefined;
    }
    this.next();
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
    if (/^[^\w."']/.test(this.upcoming ?? '')) {
      throw this.unexpected();
    }
    const token = this.next();
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
}
