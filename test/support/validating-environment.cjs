/**
 * Node's test environment, in which all test files of a worker share one engine of CDK's own template validation. To make one takes seconds,
 * and jest would make one for each file; what it finds in a template is the same whoever asks, so it looks at the same bytes once.
 */
const path = require('path');
const { TestEnvironment } = require('jest-environment-node');

const validation = require(require.resolve('@aws/cloudformation-validate', { paths: [path.dirname(require.resolve('aws-cdk-lib/package.json'))] }));

const engines = new Map();

class SharedEngine {
  constructor(config) {
    const key = JSON.stringify(config);
    if (!engines.has(key)) {
      engines.set(key, { engine: new validation.RegoEngine(config), reports: new Map() });
    }
    Object.assign(this, engines.get(key));
  }

  validateDetailed(template, config) {
    const key = JSON.stringify([Buffer.from(template.readBytes()).toString(), config]);
    if (!this.reports.has(key)) {
      this.reports.set(key, JSON.stringify(this.engine.validateDetailed(template, config)));
    }
    return JSON.parse(this.reports.get(key));
  }

  listRules() {
    return this.engine.listRules();
  }
}

module.exports = class ValidatingEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.sharedTemplateValidation = { ...validation, RegoEngine: SharedEngine };
  }
};
