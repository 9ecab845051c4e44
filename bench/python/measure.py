"""Runs an app and prints, as JSON, how many calls it made to jsii, and what it took from its first line to its last without the import of CDK."""

import json
import runpy
import sys
from collections import Counter
from time import perf_counter
from typing import Any

import aws_cdk  # noqa: F401  Loaded by every app.
from jsii._kernel.providers.process import _NodeProcess

calls: Counter[str] = Counter()
send = _NodeProcess.send


def counted(self: Any, request: Any, response_type: Any) -> Any:
    calls[type(request).__name__] += 1
    return send(self, request, response_type)


setattr(_NodeProcess, "send", counted)
start = perf_counter()
runpy.run_path(sys.argv[1], run_name="__main__")
print(json.dumps({"milliseconds": (perf_counter() - start) * 1000, "calls": calls}))
