"""The CloudFormation templates, resolved: what would be made of which values.

It knows the functions that the templates use and refuses every other. What only AWS can know, such
as the address of a database, is made up, or said by a test.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dancer_pipeline_tests.deployed.identities import ACCOUNT, ATTRIBUTES, IDENTITIES, REGION
from dancer_pipeline_tests.deployed.written import TEMPLATE, load

ABSENT = object()
"""What `AWS::NoValue` leaves: nothing."""

PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": ABSENT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "dancer",
}
PARAMETERS = {
    "Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/dancer-pipeline:1",
    "VpcId": "vpc-1",
    "SubnetIds": "subnet-1,subnet-2",
    "UploadsBucketName": "dancer-uploads",
    "ResultsBucketName": "dancer-results",
}
"""Of those of the main template that have no default."""


class UnknownError(Exception):
    """Something in the template that the resolver does not know."""


@dataclass(frozen=True)
class Resource:
    """One resource with every value in its place."""

    name: str
    type: str
    properties: dict[str, Any]
    deletion: str | None = None
    replaced: str | None = None
    """What becomes of it when the stack is deleted, and when an update makes another."""


@dataclass(frozen=True)
class Resolved:
    """What a stack with these parameters consists of, and what its outputs say."""

    stack: str
    resources: Mapping[str, Resource]
    outputs: Mapping[str, str]

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of some types, in the template's order."""
        return [it for it in self.resources.values() if it.type in types]

    def __getitem__(self, name: str) -> dict[str, Any]:
        """Return the properties of a resource."""
        return self.resources[name].properties


def resolved(
    parameters: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
    path: Path = TEMPLATE,
) -> Resolved:
    """Resolve a template.

    Parameters
    ----------
    parameters
        Values of parameters, and of `AWS::StackName`; those without a default have one here.
    facts
        What AWS would know, by resource or attribute: `RunGroup`, `Database.Endpoint.Address`.
    """
    template = load(path)
    given = (PARAMETERS if path == TEMPLATE else {}) | PSEUDO | dict(parameters or {})
    declared = template.get("Parameters", {})
    values = {name: given[name] for name in PSEUDO}
    values |= {name: _value(name, it, given) for name, it in declared.items()}
    if unknown := given.keys() - values.keys():
        raise UnknownError(f"parameters {sorted(unknown)}")
    return _Resolver(template, values, dict(facts or {})).stack()


def _value(name: str, declared: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    value = given[name] if name in given else declared["Default"]
    if value not in declared.get("AllowedValues", [value]):
        raise UnknownError(f"{name}={value}")
    return value.split(",") if declared["Type"].startswith("List<") else value


@dataclass
class _Resolver:
    template: dict[str, Any]
    parameters: dict[str, Any]
    facts: dict[str, str]
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)

    def stack(self) -> Resolved:
        declared = self._unrolled(self.template["Resources"])
        self._declared = {name: it for name, it in declared.items() if self._is_wanted(it)}
        made = {name: self._resource(name, it) for name, it in self._declared.items()}
        outputs = {name: self.of(it["Value"]) for name, it in self.template["Outputs"].items()}
        return Resolved(self.parameters["AWS::StackName"], made, outputs)

    def _is_wanted(self, declared: dict[str, Any]) -> bool:
        return "Condition" not in declared or self._condition(declared["Condition"])

    def _resource(self, name: str, declared: dict[str, Any]) -> Resource:
        policies = (declared.get(it) for it in ("DeletionPolicy", "UpdateReplacePolicy"))
        return Resource(name, declared["Type"], self._own(name), *policies)

    def _own(self, name: str) -> dict[str, Any]:
        """Resolve a resource's properties, once."""
        if name not in self.properties:
            declared = self._declared[name].get("Properties", {})
            self.properties[name] = {}  # whoever comes round here again finds nothing
            self.properties[name] = self.of(declared)
        return self.properties[name]

    def of(self, value: Any) -> Any:
        """Resolve a value, however deep."""
        if isinstance(value, list):
            return [it for it in map(self.of, value) if it is not ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in ("Ref", "Condition"):
            return (self._ref if name == "Ref" else self._condition)(value[name])
        if len(value) == 1 and name.startswith("Fn::"):
            if name not in FUNCTIONS:
                raise UnknownError(name)
            return FUNCTIONS[name](self, value[name])
        found = {key: self.of(it) for key, it in value.items()}
        return {key: it for key, it in found.items() if it is not ABSENT}

    def _ref(self, named: Any) -> Any:
        name = self.of(named)
        return self.parameters[name] if name in self.parameters else self._identity(name)

    def _identity(self, name: str) -> str:
        """Return what `Ref` says of a resource."""
        if name in self.facts:
            return self.facts[name]
        kind = self._declared[name]["Type"]
        if kind not in IDENTITIES:
            raise UnknownError(f"Ref of {kind}")
        return IDENTITIES[kind](self._full(name), self._own(name))

    def _attribute(self, path: Sequence[Any]) -> str:
        name, attribute = (self.of(it) for it in path)
        kind = self._declared[name]["Type"]
        if (fact := self.facts.get(f"{name}.{attribute}")) is not None:
            return fact
        if (kind, attribute) not in ATTRIBUTES:
            raise UnknownError(f"{attribute} of {kind}")
        return ATTRIBUTES[kind, attribute](self._full(name), self._own(name))

    def _full(self, name: str) -> str:
        return f"{self.parameters['AWS::StackName']}-{name}"

    def _condition(self, name: str) -> bool:
        return bool(self.of(self.template["Conditions"][name]))

    def _if(self, parts: Sequence[Any]) -> Any:
        condition, then, otherwise = parts
        return self.of(then if self._condition(condition) else otherwise)

    def _sub(self, parts: Any) -> str:
        text, named = parts if isinstance(parts, list) else (parts, {})
        values = {name: self.of(it) for name, it in named.items()}
        return _filled(text, lambda name: values.get(name) or self._named(name))

    def _named(self, name: str) -> str:
        return str(self._attribute(name.split(".", 1)) if "." in name else self._ref(name))

    def _found(self, parts: Sequence[Any]) -> Any:
        table, row, column = (self.of(it) for it in parts)
        return self.template["Mappings"][table][row][column]

    def _unrolled(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Write out the loops of the transform `AWS::LanguageExtensions`."""
        found: dict[str, Any] = {}
        for name, declared in resources.items():
            if not name.startswith("Fn::ForEach::"):
                found[name] = declared
                continue
            variable, values, bodies = declared
            for value in values:
                for pattern, body in bodies.items():
                    found[pattern.replace(f"${{{variable}}}", value)] = _with(body, variable, value)
        return found


def _with(body: Any, variable: str, value: str) -> Any:
    """Put the value of a loop's variable into a loop's body."""
    if isinstance(body, list):
        return [_with(it, variable, value) for it in body]
    if body == {"Ref": variable}:
        return value
    if isinstance(body, dict):
        return {key: _with(it, variable, value) for key, it in body.items()}
    return body.replace(f"${{{variable}}}", value) if isinstance(body, str) else body


def _filled(text: str, value_of: Callable[[str], str]) -> str:
    before, *parts = text.split("${")
    filled = [before]
    for part in parts:
        name, _, after = part.partition("}")
        filled += [value_of(name), after]
    return "".join(filled)


FUNCTIONS: dict[str, Callable[[_Resolver, Any], Any]] = {
    "Fn::Equals": lambda it, parts: it.of(parts[0]) == it.of(parts[1]),
    "Fn::FindInMap": _Resolver._found,
    "Fn::GetAZs": lambda it, region: [f"{it.of(region) or REGION}{letter}" for letter in "abc"],
    "Fn::GetAtt": _Resolver._attribute,
    "Fn::If": _Resolver._if,
    "Fn::Join": lambda it, parts: parts[0].join(it.of(parts[1])),
    "Fn::Not": lambda it, parts: not it.of(parts[0]),
    "Fn::Or": lambda it, parts: any(it.of(part) for part in parts),
    "Fn::Select": lambda it, parts: it.of(parts[1])[int(parts[0])],
    "Fn::Sub": _Resolver._sub,
}
