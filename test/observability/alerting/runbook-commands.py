"""Parses each command of the CLI of AWS on standard input with the CLI's own argument parser, and sends nothing.

Input: JSON, a list of argument lists. Output: JSON, for each of them null or what is wrong with it.
"""
import contextlib
import io
import json
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID='none', AWS_SECRET_ACCESS_KEY='none', AWS_DEFAULT_REGION='eu-central-1', AWS_CONFIG_FILE=os.devnull,
                  AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED='true', AWS_PAGER='')

from awscli.clidriver import CLIOperationCaller, create_clidriver
from awscli.customizations.ecs.executecommand import ExecuteCommandCaller
from awscli.customizations.sessionmanager import StartSessionCaller


class Parsed(Exception):
    pass


def stop(self, service_name, operation_name, parameters, parsed_globals):
    parameters.pop('PaginationConfig', None)
    # The parameters are checked against the model of the service, as before a request.
    import botocore.session
    from botocore.validate import ParamValidator
    model = botocore.session.get_session().get_service_model(service_name)
    shape = model.operation_model(operation_name[0].upper() + operation_name[1:]).input_shape
    if shape is not None:
        report = ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise Parsed(report.generate_report())
    if parsed_globals.query is not None:
        import jmespath
        jmespath.compile(parsed_globals.query if isinstance(parsed_globals.query, str) else parsed_globals.query.expression)
    raise Parsed('')


DRIVER = create_clidriver()
# Callers that open a session look for a plug-in first.
for caller in [CLIOperationCaller, ExecuteCommandCaller, StartSessionCaller]:
    caller.invoke = stop


def fault(arguments):
    errors = io.StringIO()
    problem = 'ended without a call'
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        try:
            # The driver turns exceptions into a status and a line.
            code = DRIVER.main(arguments)
            problem = errors.getvalue().strip() or None
            if code in (0, None) and problem is None:
                problem = 'ended without a call'
        except Parsed as parsed:
            return str(parsed) or None
        except SystemExit:
            problem = errors.getvalue().strip() or 'refused'
    return problem


print(json.dumps([fault(arguments) for arguments in json.load(sys.stdin)]))
