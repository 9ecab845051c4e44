import { type Case, changed, removed, resource, updating } from './case';

const setup = (users: ReadonlyArray<{ readonly name: string; readonly secretArn?: string; readonly access?: string }>) =>
  resource('Custom::DatabaseSetup', { ServiceToken: 'arn:function', users });
/** A server, and its setup. */
const named = (name: string) => ({
  Server: resource('AWS::RDS::DBCluster', { DBClusterIdentifier: name }),
  Setup: resource('Custom::DatabaseSetup', { host: { 'Fn::GetAtt': ['Server', 'Endpoint.Address'] }, users: [] }),
});
const APPLICATION = { name: 'application', secretArn: 'arn:secret' };

/** Behaviour of the setup of a database. */
export const SETUP_CASES: readonly Case[] = [
  changed(
    'users-keep-their-sign-in',
    'refused by AWS',
    'a user with a password is not switched to IAM',
    setup([APPLICATION]),
    setup([{ name: 'application' }]),
  ),
  {
    rule: 'server-stays',
    verdict: 'refused by AWS',
    shows: 'an empty server with another name does not take the place of one that is set up',
    play: updating(named('shop'), named('shop2')),
  },
  changed(
    'setup-runs-again',
    'in place',
    'a second user is created',
    setup([APPLICATION]),
    setup([APPLICATION, { name: 'anna' }]),
  ),
  changed(
    'user-reads-only',
    'interruption',
    'a right is taken from sessions that are open',
    setup([{ name: 'anna', access: 'READ_WRITE' }]),
    setup([{ name: 'anna', access: 'READ_ONLY' }]),
  ),
  changed(
    'setup-runs-again',
    'in place',
    'a user who read before may write',
    setup([{ name: 'anna', access: 'READ_ONLY' }]),
    setup([{ name: 'anna', access: 'READ_WRITE' }]),
  ),
  removed('setup-removed', 'in place', 'users stay without their setup', setup([APPLICATION])),
];
