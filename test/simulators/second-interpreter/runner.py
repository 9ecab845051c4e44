"""Runs state machines with the states-language engine of LocalStack, as state-machine-runner.cjs does with another interpreter.

Speaks JSON lines: takes definitions, aborts and answers of AWS from its input, and writes calls and ends. Time is a clock of its own.
"""

import datetime
import functools
import itertools
import json
import logging
import queue
import sys
import threading
import types

import adapters
from clock import Clock

from localstack.aws.api.stepfunctions import HistoryEventType, StateMachineType, TaskFailedEventDetails
from localstack.services.stepfunctions.asl.component.common.error_name.custom_error_name import CustomErrorName
from localstack.services.stepfunctions.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from localstack.services.stepfunctions.asl.component.state import state
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service import state_task_service_aws_sdk
from localstack.services.stepfunctions.asl.component.state.state_wait.wait_function.wait_function import WaitFunction
from localstack.services.stepfunctions.asl.component.common.retry import retrier_decl
from localstack.services.stepfunctions.asl.eval.environment import Environment
from localstack.services.stepfunctions.asl.eval.evaluation_details import AWSExecutionDetails
from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails
from localstack.services.stepfunctions.asl.eval.event.event_manager import EventHistoryContext
from localstack.services.stepfunctions.asl.eval.program_state import ProgramEnded, ProgramError, ProgramStopped
from localstack.services.stepfunctions.asl.eval.states import ContextObjectData
from localstack.services.stepfunctions.asl.parse.asl_parser import AmazonStateLanguageParser

logging.disable(logging.CRITICAL)

OUT = sys.stdout
sys.stdout = sys.stderr
writing = threading.Lock()
answers = {}
running = {}
numbers = itertools.count(1)
clock = Clock(lambda: bool(answers))


def send(message):
    with writing:
        OUT.write(json.dumps(message) + "\n")
        OUT.flush()


def ask(run, name, resource, given):
    """Answer of AWS to a call."""
    number = next(numbers)
    answer = answers[number] = queue.Queue()
    clock.touch()
    send({"call": number, "run": run, "state": name, "resource": resource, "input": given, "now": clock.now})
    return answer.get()


def failure(env, name, message):
    details = TaskFailedEventDetails(resource="", resourceType="", error=name, cause=message)
    return FailureEventException(
        FailureEvent(env=env, error_name=CustomErrorName(name), event_type=HistoryEventType.TaskFailed, event_details=EventDetails(taskFailedEventDetails=details))
    )


def call(self, env):
    """Task of an SDK integration: the requests and answers of the account have the names of Step Functions already."""
    given = self._eval_parameters(env=env)
    if not env.is_running():
        # An execution that is stopped meanwhile evaluates nothing any more.
        env.stack.append({})
        return
    context = env.states.context_object.context_object_data
    answer = ask(context["Execution"]["Run"], context["State"]["Name"], self.resource.resource_arn, given)
    if "error" in answer:
        raise failure(env, answer["error"]["name"], answer["error"]["message"])
    self._verify_size_quota(env=env, value=answer["result"])
    env.stack.append(answer["result"])


state_task_service_aws_sdk.StateTaskServiceAwsSdk._eval_execution = call
WaitFunction._wait_interval = lambda self, env, wait_seconds: clock.sleep(wait_seconds, env.is_running)
# States are entered by the clock, unless whoever starts an execution has a time of its own.
state.datetime = types.SimpleNamespace(datetime=types.SimpleNamespace(now=lambda tz: clock.moment()), UTC=datetime.timezone.utc)
retrier_decl.time = type("Time", (), {"sleep": staticmethod(clock.sleep)})


@functools.lru_cache(maxsize=None)
def program_of(definition):
    return AmazonStateLanguageParser.parse(definition)[0]


def execute(message):
    run, context = message["run"], message["context"]
    clock.rules = "StartTime" not in context["Execution"]
    try:
        # A program keeps no state of an execution; parsing one takes seconds.
        program = program_of(json.dumps(message["definition"]))
        env = Environment(
            aws_execution_details=AWSExecutionDetails(account="111111111111", region="eu-central-1", role_arn="arn:aws:iam::111111111111:role/release"),
            execution_type=StateMachineType.STANDARD,
            context=ContextObjectData(Execution={"StartTime": clock.text(), **context["Execution"], "Run": run, "Input": message["input"]}, StateMachine=context["StateMachine"]),
            event_history_context=EventHistoryContext.of_program_start(),
            cloud_watch_logging_session=None,
            activity_store={},
        )
        running[run] = env
        program.eval(env)
        ended = env.program_state()
        if isinstance(ended, ProgramEnded):
            send({"run": run, "output": env.states.get_input()})
        elif isinstance(ended, ProgramError):
            send({"run": run, "error": {"name": ended.error.get("error") or "", "message": ended.error.get("cause") or ""}})
        elif isinstance(ended, ProgramStopped):
            send({"run": run, "error": {"name": "ExecutionAbortedError", "message": "aborted"}})
        else:
            send({"run": run, "error": {"name": "Interpreter", "message": str(ended)}})
    except Exception as error:
        send({"run": run, "error": {"name": type(error).__name__, "message": str(error)}})
    finally:
        running.pop(run, None)


for line in sys.stdin:
    received = json.loads(line)
    if "definition" in received:
        threading.Thread(target=execute, args=(received,), daemon=True).start()
    elif "abort" in received:
        env = running.get(received["abort"])
        if env:
            env.set_stop(stop_date=None, cause=None, error=None)
    else:
        clock.touch()
        answers.pop(received["answerTo"]).put(received)
