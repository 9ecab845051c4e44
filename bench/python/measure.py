"""
Runs an app and prints, as JSON, how many calls it made to jsii, and what it took from its first line to its last without the import of
CDK: in all, and of that waiting for Node, by what was asked.
"""

import json
import runpy
import sys
from collections import Counter
from time import perf_counter
from typing import Any

import aws_cdk  # noqa: F401  Loaded by every app.
from jsii._kernel.providers.process import _NodeProcess

calls: Counter[str] = Counter()
waited: Counter[str] = Counter()
send = _NodeProcess.send


def counted(self: Any, request: Any, response_type: Any) -> Any:
    kind = "synth" if getattr(request, "method", None) == "synth" else type(request).__name__
    calls[kind] += 1
    asked = perf_counter()
    response = send(self, request, response_type)
    waited[kind] += round((perf_counter() - asked) * 1_000_000)
    return response


setattr(_NodeProcess, "send", counted)
start = perf_counter()
runpy.run_path(sys.argv[1], run_name="__main__")
print(json.dumps({"microseconds": round((perf_counter() - start) * 1_000_000), "calls": calls, "waited": waited}))
