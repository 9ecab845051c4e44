/** What aws-cdk-lib gets as its validation library in tests: the one that the worker shares. */
module.exports = global.sharedTemplateValidation;
