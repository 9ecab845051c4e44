"""Where the engine of LocalStack 4.14 differs from AWS: each difference that a definition meets is mended here (README.md).

Stands before every other import of the engine, whose modules take each other's functions by name.
"""

import functools
import json
import re
import sys
import types

import jsonpath_ng


def stand_in(name, **contents):
    """A module that the engine imports, and that this Python, or this machine, has not all for."""
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    sys.modules[name] = module


# EventBridge needs Python 3.12, and only one function of it is used. JSONata needs Java, and the definitions are in JSONPath.
stand_in("localstack.services.events.utils", to_json_str=lambda value, separators=(",", ":"): json.dumps(value, separators=separators, default=str))
stand_in("localstack.services.stepfunctions.packages", jpype_jsonata_package=None)

# No difference: the engine parses each path each time, which takes most of its time.
jsonpath_ng.parse = functools.lru_cache(maxsize=None)(jsonpath_ng.parse)

from localstack.services.stepfunctions.asl.utils import json_path

parse = functools.lru_cache(maxsize=None)(json_path.parse)
SEVERAL = re.compile(r"\[\?|\[\*\]|\.\*|\.\.|\[-?\d*:-?\d*\]")


def extract_json(path, data):
    """A path that may find several values gives a list of those that it finds: of one, and of none, too."""
    matches = parse(path).find(data)
    if SEVERAL.search(path):
        return [match.value for match in matches]
    if not matches:
        raise json_path.NoSuchJsonPathError(json_path=path, data=data)
    return matches[0].value


json_path.extract_json = extract_json

from localstack.services.stepfunctions.asl.component.common.error_name import custom_error_name
from localstack.services.stepfunctions.asl.component.intrinsic.function.statesfunction.generic.string_format import StringFormat
from localstack.services.stepfunctions.asl.component.state.state_choice.comparison import comparison_func, variable
from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.comparison_operator_type import ComparisonOperatorType
from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.operator.factory import OperatorFactory
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped
from localstack.services.stepfunctions.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser
from localstack.services.stepfunctions.asl.parse.intrinsic.preprocessor import Preprocessor

# A Fail state passes an error on by its path, those of the language, too.
custom_error_name.CustomErrorName.__init__ = lambda self, error_name: custom_error_name.ErrorName.__init__(self, error_name=error_name)


parse_intrinsic = IntrinsicParser.parse

# Backslashes of JSON are those of the definition, and not of the function in it.
IntrinsicParser.parse = staticmethod(lambda source: parse_intrinsic(json.loads(f'"{source}"')))

# In a function, only the backslash before a quote is read with the text. Those before braces belong to the format.
Preprocessor._replace_escaped_characters = staticmethod(lambda match: "'" if match.group(1) == "'" else match.group(0))


def formatted(self, env):
    """Braces after a backslash are plain ones, and only `{}` stands for a value."""
    self.argument_list.eval(env=env)
    template, *values = env.stack.pop()
    texts = map(StringFormat._to_str_repr, values)
    env.stack.append(re.sub(r"\\(.)|\{\}", lambda match: match.group(1) or next(texts), template))


StringFormat._eval_body = formatted


def compare(self, env):
    """The path that a value is compared with may be one into the context."""
    operator = OperatorFactory.get(self.operator_type)
    value = env.stack.pop()
    if isinstance(value, variable.NoSuchVariable) and self.operator_type != ComparisonOperatorType.IsPresent:
        raise RuntimeError(f"Invalid path {value.path}: the choice state's condition path references an invalid value")
    if isinstance(self.value, str) and self.value.startswith("$$") and str(self.operator_type).endswith("Path"):
        env.stack.extend([env.states.context_object.context_object_data, value])
        operator.eval(env=env, value=self.value[1:])
        result = env.stack.pop()
        env.stack[-1] = result
        return
    env.stack.append(value)
    operator.eval(env=env, value=self.value)


comparison_func.ComparisonFuncValue._eval_body = compare

fail = Environment.set_error


def fail_unless_stopped(self, error):
    """What a stop interrupts in a branch is no failure of the execution."""
    if not isinstance(self._program_state, ProgramStopped):
        fail(self, error)


Environment.set_error = fail_unless_stopped
