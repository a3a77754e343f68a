"""What the policy of a queue or topic says of a service that sends to it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Sender:
    """A service that sends for a resource.

    Parameters
    ----------
    account
        Whose the resource is, where that is known.
    """

    service: str
    arn: str
    account: str | None


def lets(policy: str | None, sender: Sender, action: str) -> bool:
    """Whether something in a policy allows a sender an action, and nothing refuses it."""
    statements = _list(json.loads(policy or "{}").get("Statement"))
    about = [it["Effect"] for it in statements if _is_about(it, sender, action)]
    return set(about) == {"Allow"}


def _is_about(statement: Mapping[str, Any], sender: Sender, action: str) -> bool:
    actions = [str(it).lower() for it in _list(statement.get("Action"))]
    is_named = any(fnmatchcase(action.lower(), it) for it in actions)
    return is_named and _has(statement.get("Principal"), sender) and _holds(statement, sender)


def _has(principal: Any, sender: Sender) -> bool:
    if isinstance(principal, Mapping):
        everybody = "*" in _list(principal.get("AWS"))
        return everybody or f"{sender.service}.amazonaws.com" in _list(principal.get("Service"))
    return bool(principal == "*")


def _holds(statement: Mapping[str, Any], sender: Sender) -> bool:
    """Whether its conditions are met; what is not known here is not held against the sender."""
    assumed = statement["Effect"] == "Allow"
    for operator, key, wanted in _conditions(statement):
        met = _is_met(key, wanted, sender)
        if met is not None and "not" in operator:
            met = not met
        if not (assumed if met is None else met):
            return False
    return True


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for operator, asked in statement.get("Condition", {}).items():
        for key, values in asked.items():
            yield operator.lower(), key.lower(), [str(it) for it in _list(values)]


def _is_met(key: str, wanted: list[str], sender: Sender) -> bool | None:
    if key == "aws:sourcearn":
        return any(fnmatchcase(sender.arn, it) for it in wanted)
    if key == "aws:sourceaccount" and sender.account:
        return sender.account in wanted
    if key == "aws:securetransport":  # AWS's own services come by TLS
        return wanted == ["true"]
    return None


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
