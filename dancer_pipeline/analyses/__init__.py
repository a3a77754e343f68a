"""One analysis per file, found by looking: nothing is registered anywhere.

A file `tempo.py` defines a function `tempo`. Its positional parameters name the tables that it
reads; its keyword-only parameters are tunables. It returns its own table, where the file declares
a `TABLE`, and otherwise metric rows. Files that start with an underscore are shared code.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pandas as pd

from dancer_pipeline.metrics import METRIC_COLUMNS, check_metrics
from dancer_pipeline.options import UPLOAD_OPTIONS
from dancer_pipeline.pose.tables import MIRROR_ERROR, PEOPLE
from dancer_pipeline.tables import Table

LATER_TABLES = {table.name: table for table in (UPLOAD_OPTIONS, PEOPLE, MIRROR_ERROR)}
"""Stored tables that videos of earlier releases lack; an analysis is then given an empty one."""

INPUT_TABLES = frozenset({*LATER_TABLES, "source_video", "pose_keypoints", "video_extracts"})
"""The stored tables that an analysis may read, beside the tables of other analyses."""

CORE_TABLES = INPUT_TABLES | {"preview", "pose_metrics", "findings", "report", "manifest"}
"""Names that belong to the pipeline itself, so no analysis may take them."""


class ContractError(ValueError):
    """A file in the analyses folder is not an analysis; the message says what to change."""


@dataclass(frozen=True)
class Analysis:
    """One analysis: a pure function from tables to a table, and what the pipeline knows of it."""

    name: str
    function: Callable[..., pd.DataFrame]
    inputs: tuple[str, ...]
    table: Table
    method_version: str
    description: str

    @property
    def is_metrics(self) -> bool:
        """Whether it returns metric rows, which join the table `pose_metrics`."""
        return self.table.columns is METRIC_COLUMNS


def discover(extra: Path | None = None) -> dict[str, Analysis]:
    """Find every analysis, each after those that it reads.

    Parameters
    ----------
    extra
        A folder with more analysis files, beside the ones of the package.

    Raises
    ------
    ContractError
        Naming the file that breaks the contract and what to do about it.
    """
    found: dict[str, Analysis] = {}
    for name, module in _modules(extra):
        if name in found:
            raise ContractError(f"{_file(module)}: there is already an analysis {name}; rename it")
        found[name] = _analysis(name, module)
    return {name: found[name] for name in _order(found)}


def run(analysis: Analysis, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Run one analysis on the tables that it reads, and hold it to its declaration.

    Raises
    ------
    SchemaError
        When what it returned is not the table that it declares.
    """
    result = analysis.function(*(tables[name] for name in analysis.inputs))
    checked: pd.DataFrame = analysis.table.arrow(result).to_pandas()
    if analysis.is_metrics:
        check_metrics(checked, analysis=analysis.name, method_version=analysis.method_version)
    return checked


def _modules(extra: Path | None) -> Iterator[tuple[str, ModuleType]]:
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            yield info.name, importlib.import_module(f"{__name__}.{info.name}")
    if extra is None:
        return
    if not extra.is_dir():
        raise ContractError(f"{extra} is not a folder; name a folder with analysis files")
    for path in sorted(extra.glob("*.py")):
        if not path.stem.startswith("_"):
            yield path.stem, _loaded(path)


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"dancer_pipeline_extra_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ContractError(f"{path}: cannot be loaded as a Python module")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # somebody else's file: it may raise anything
        raise ContractError(f"{path}: cannot be imported ({error!r}); correct it") from error
    return module


def _analysis(name: str, module: ModuleType) -> Analysis:
    _check_name(name, module)
    function, file = getattr(module, name, None), _file(module)
    if not inspect.isfunction(function):
        raise ContractError(f"{file}: defines no function {name}; add it, or rename the file")
    version = getattr(module, "METHOD_VERSION", None)
    if not isinstance(version, str) or not version:
        raise ContractError(f'{file}: has no METHOD_VERSION; add METHOD_VERSION = "1"')
    doc = inspect.cleandoc(function.__doc__ or "")
    if not doc:
        raise ContractError(f"{file}: {name} has no docstring; say in a sentence what it measures")
    description = re.split(r"(?<=[.!?])\s|\n\n", doc)[0].replace("\n", " ")
    table = _table(name, module, description)
    return Analysis(name, function, _inputs(name, function, file), table, version, description)


def _check_name(name: str, module: ModuleType) -> None:
    if name in CORE_TABLES:
        raise ContractError(f"{_file(module)}: {name} is a table of the pipeline; rename the file")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ContractError(f"{_file(module)}: rename it to lower case letters, digits and _")


def _table(name: str, module: ModuleType, description: str) -> Table:
    table = getattr(module, "TABLE", None) or Table(name, description, METRIC_COLUMNS)
    if not isinstance(table, Table) or table.name != name:
        raise ContractError(f'{_file(module)}: TABLE must be a Table("{name}", ...)')
    return table


def _inputs(name: str, function: Callable[..., pd.DataFrame], file: str) -> tuple[str, ...]:
    inputs = []
    for parameter in inspect.signature(function).parameters.values():
        has_default = parameter.default is not parameter.empty
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and not has_default:
            inputs.append(parameter.name)
        elif parameter.kind is not parameter.KEYWORD_ONLY or not has_default:
            raise ContractError(
                f"{file}: parameter {parameter.name} of {name} is neither a table (positional, "
                "no default) nor a tunable (keyword-only, with a default)"
            )
    if not inputs:
        raise ContractError(f"{file}: {name} reads no table; its first parameter must name one")
    return tuple(inputs)


def _order(found: Mapping[str, Analysis]) -> list[str]:
    known = INPUT_TABLES | set(found)
    for name, analysis in found.items():
        if unknown := set(analysis.inputs) - known:
            raise ContractError(
                f"{_file_of(analysis)}: {name} reads {', '.join(sorted(unknown))}, "
                f"which is no table; it may read {', '.join(sorted(known - {name}))}"
            )
    graph = {name: sorted(set(found[name].inputs) & set(found)) for name in sorted(found)}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = list(dict.fromkeys(error.args[1]))
        files = ", ".join(_file_of(found[name]) for name in circle)
        raise ContractError(
            f"{files}: {' and '.join(circle)} read in a circle; remove one of these parameters"
        ) from error


def _file(module: ModuleType) -> str:
    return module.__file__ or module.__name__


def _file_of(analysis: Analysis) -> str:
    return analysis.function.__code__.co_filename
