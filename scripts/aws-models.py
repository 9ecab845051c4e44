"""Writes the service models of AWS for the calls that are named, as compact JSON: requests, answers, errors and shapes.

Takes `service:operation` as arguments, in the names of Step Functions' SDK integrations or of Systems Manager's automation.
The models are botocore's, the client library of AWS for Python.
"""

import json
import sys

import botocore
import botocore.session

LIMITS = ("min", "max", "pattern")
SESSION = botocore.session.get_session()


def squeezed(service_id):
    return service_id.replace(" ", "").lower()


def models():
    """Models by the name that Step Functions has for a service, and by that of botocore, loaded where they are asked for."""
    short = {"sfn": "stepfunctions", "elasticloadbalancingv2": "elbv2", "cloudwatchlogs": "logs", "applicationautoscaling": "application-autoscaling"}
    available = SESSION.get_available_services()
    found = {}

    def model(name):
        if name not in found:
            known = short.get(name, name)
            candidates = [known] if known in available else available
            found[name] = next(
                (one for one in map(SESSION.get_service_model, candidates) if name in (one.service_name, squeezed(one.service_id))), None
            )
        return found[name]

    return model


class Shapes:
    """Every shape that a call reaches. Simple ones without limits are named by their type."""

    def __init__(self):
        self.known = {}

    def add(self, shape):
        if shape is None:
            return None
        limits = {key: shape.metadata[key] for key in LIMITS if key in shape.metadata}
        if shape.type_name in ("structure", "list", "map"):
            if shape.name not in self.known:
                self.known[shape.name] = {}
                self.known[shape.name].update(self.described(shape), **({} if shape.type_name == "structure" else limits))
            return shape.name
        values = {"enum": list(shape.enum)} if getattr(shape, "enum", None) else {}
        if not values and not limits:
            return shape.type_name
        self.known[shape.name] = {"type": shape.type_name, **values, **limits}
        return shape.name

    def described(self, shape):
        if shape.type_name == "list":
            return {"item": self.add(shape.member)}
        if shape.type_name == "map":
            return {"key": self.add(shape.key), "value": self.add(shape.value)}
        # The SDKs make a token where none is given.
        generated = [name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")]
        required = [name for name in shape.required_members if name not in generated]
        return {"members": {name: self.add(member) for name, member in shape.members.items()}, **({"required": required} if required else {})}


def main(calls):
    model = models()
    services = {}
    for call in sorted(calls):
        name, operation = call.split(":")
        service = model(name)
        if service is None:
            sys.exit(f"botocore knows no service {name}")
        names = {one.lower(): one for one in service.operation_names}
        if operation.lower() not in names:
            sys.exit(f"{service.service_id} has no operation {operation}")
        known = services.setdefault(squeezed(service.service_id), {"id": service.service_id, "botocore": service.service_name, "calls": {}, "shapes": Shapes()})
        described = service.operation_model(names[operation.lower()])
        errors = sorted(error.name for error in described.error_shapes)
        known["calls"][described.name] = {
            "input": known["shapes"].add(described.input_shape), "output": known["shapes"].add(described.output_shape), "errors": errors,
        }
    write(services)


def write(services):
    """One line a call and a shape, so that a difference can be read."""

    def lines(entries, indent):
        return ",\n".join(f"{indent}{json.dumps(key)}: {json.dumps(entries[key], ensure_ascii=False)}" for key in sorted(entries))

    parts = [
        f'    {json.dumps(name)}: {{\n      "id": {json.dumps(one["id"])},\n      "botocore": {json.dumps(one["botocore"])},\n      "calls": {{\n'
        + lines(one["calls"], "        ") + '\n      },\n      "shapes": {\n' + lines(one["shapes"].known, "        ") + "\n      }\n    }"
        for name, one in sorted(services.items())
    ]
    print(f'{{\n  "version": "botocore {botocore.__version__}",\n  "services": {{\n' + ",\n".join(parts) + "\n  }\n}")


main(sys.argv[1:])
