import { type Bill, ofBundles } from '../../scripts/write-sbom';

const INSTALLED: Bill = {
  bomFormat: 'CycloneDX',
  components: ['pg@8.23.1', 'pg-types@2.2.0', '@scope/own@1.0.0', 'jest@30.0.0'].map((ref) => {
    const [, name, version] = /^(.+)@(.+)$/.exec(ref)!;
    return { 'bom-ref': ref, name, version, 'scope': 'optional' };
  }),
  dependencies: [
    { ref: 'library@0.0.0', dependsOn: ['jest@30.0.0', 'pg@8.23.1'] },
    { ref: 'pg@8.23.1', dependsOn: ['pg-types@2.2.0'] },
    { ref: 'pg-types@2.2.0', dependsOn: ['jest@30.0.0'] },
    { ref: 'jest@30.0.0', dependsOn: [] },
  ],
};

const BUNDLE = 'code();\n/*!\nThird-party software in this file:\n\npg 8.23.1 (MIT)\nThe license\n\npg-types 2.2.0 (MIT)\n\n@scope/own 1.0.0 (BSD-3-Clause)\n*/\n';

describe('The bill of materials', () => {
  const bill = ofBundles(INSTALLED, ['code();\n', BUNDLE]);

  test('has what the bundles contain, as required, and nothing that only development needs', () => {
    expect(bill.components.map((component) => [component['bom-ref'], component.scope])).toEqual([
      ['pg@8.23.1', 'required'], ['pg-types@2.2.0', 'required'], ['@scope/own@1.0.0', 'required'],
    ]);
  });

  test('says which of them needs which, and that the library contains all', () => {
    expect(bill.dependencies).toEqual([
      { ref: 'library@0.0.0', dependsOn: ['pg@8.23.1', 'pg-types@2.2.0', '@scope/own@1.0.0'] },
      { ref: 'pg@8.23.1', dependsOn: ['pg-types@2.2.0'] },
      { ref: 'pg-types@2.2.0', dependsOn: [] },
    ]);
  });

  test('is not written where a bundle contains what nobody knows', () => {
    expect(() => ofBundles(INSTALLED, [BUNDLE.replace('8.23.1', '8.24.0')])).toThrow('npm does not know pg@8.24.0, which a bundle contains.');
  });
});
