import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Response of a receiver to one request. */
export type Behaviour = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export const answers =
  (status: number, body = '', headers: http.OutgoingHttpHeaders = {}): Behaviour =>
    (_, response) => {
      response.writeHead(status, headers).end(body);
    };
export const saysNothing: Behaviour = () => undefined;
export const hangsUp: Behaviour = (request) => {
  request.socket.destroy();
};
export const talksGarbage: Behaviour = (request) => {
  request.socket.end('HTTP/9 what?\r\n\r\n');
};
export const neverEnds: Behaviour = (_, response) => {
  response.writeHead(200).write('{');
};

/** Local fake of Slack and PagerDuty, for tests. It applies the behaviours in order, and repeats the last one. */
export class Receiver {
  public readonly taken: Array<{ readonly path: string; readonly body: any }> = [];
  private readonly server: http.Server;

  public constructor(private readonly behaviours: Behaviour[]) {
    this.server = http.createServer((request, response) => {
      let text = '';
      request
        .on('data', (part: Buffer) => {
          text += part.toString();
        })
        .on('end', () => {
          this.taken.push({ path: request.url ?? '', body: JSON.parse(text) });
          (this.behaviours.length > 1 ? this.behaviours.shift()! : this.behaviours[0])(request, response);
        });
    });
  }

  public async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}
