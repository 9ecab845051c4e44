import * as fs from 'node:fs';
import * as path from 'node:path';

describe('The bundle of the setup', () => {
  const bundle = fs.readFileSync(path.join(__dirname, '../../assets/database-setup/index.js'), 'utf8');

  test('names the license of each package in it', () => {
    const licenses = bundle.slice(bundle.lastIndexOf('/*!'));
    ['pg', 'mysql2', 'iconv-lite'].forEach((name) =>
      expect(licenses).toMatch(new RegExp(`^${name} \\d.* \\(MIT\\)`, 'm')),
    );
    expect(licenses).toContain('Permission is hereby granted, free of charge');
  });

  test('holds no path of where it was built, and no AWS SDK, which comes with the runtime', () => {
    expect(bundle).not.toContain(path.join(__dirname, '../..'));
    expect(bundle).toContain('require("@aws-sdk/client-secrets-manager")');
  });
});
