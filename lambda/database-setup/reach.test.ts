import { SetupError } from './failure';
import { reach } from './reach';
import type { SetupProperties } from './properties';
import { Run } from './run';

const properties = { host: 'database', port: '5432' } as SetupProperties;
const failing = (...errors: object[]) => {
  const connect = jest.fn(async () => {
    const error = errors.shift();
    if (error) {
      throw Object.assign(new Error('failed'), error);
    }
    return 'connected';
  });
  return connect;
};

describe('A connection', () => {
  const run = new Run(60_000, () => undefined);

  test.each(['ECONNREFUSED', 'ENOTFOUND', '57P03', 'PROTOCOL_CONNECTION_LOST'])(
    'is tried again after %s',
    async (code) => {
      const connect = failing({ code });
      expect(await reach(properties, run, connect)).toBe('connected');
      expect(connect).toHaveBeenCalledTimes(2);
    },
  );

  test.each(['28P01', 'ER_ACCESS_DENIED_ERROR', 'SELF_SIGNED_CERT_IN_CHAIN'])(
    'is not tried again after %s',
    async (code) => {
      const connect = failing({ code });
      await expect(reach(properties, run, connect)).rejects.toMatchObject({ code });
      expect(connect).toHaveBeenCalledTimes(1);
    },
  );

  test('ends after a third of the time with what may be wrong', async () => {
    const connect = failing(...Array.from({ length: 9 }, () => ({ message: 'timeout expired' })));
    const error = await reach(properties, new Run(9000, () => undefined), connect).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SetupError);
    expect((error as Error).message).toMatch(
      /^no connection to database:5432 within 3 s: timeout expired\. Check that/,
    );
    expect(connect).toHaveBeenCalledTimes(2);
  });
});
