"""The CloudFormation templates as they are written, read as CloudFormation reads them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

AWS = Path(__file__).parents[2] / "deploy" / "aws"
TEMPLATE = AWS / "template.yaml"
NETWORK = AWS / "network.yaml"


class _Loader(yaml.SafeLoader):
    """Reads the short forms as CloudFormation does: `!Ref` as `Ref`, `!Sub` as `Fn::Sub`."""


def _short(loader: Any, suffix: str, node: Any) -> Any:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short)


@cache
def load(path: Path) -> dict[str, Any]:
    """Read a template as it is written; a reader must not change it."""
    found: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 it is safe
    return found
