"""The tables of the rules file, read key by key with errors that say where."""

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn


class RulesError(ValueError):
    """The rules file cannot be used; the message names the rule and what is accepted."""


def read_toml(source: Path | Traversable) -> dict[str, Any]:
    """Read the file; raises RulesError with its name and what is wrong."""
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{source.name} is not a TOML file: {error}") from error
    except OSError as error:
        raise RulesError(f"{source} cannot be read: {error.strerror}") from error


class Entry:
    """A table of the file; every method raises RulesError for what cannot be used."""

    def __init__(self, data: Mapping[str, Any], where: str, accepted: set[str]) -> None:
        self.data, self.where = data, where
        if unknown := set(data) - accepted:
            self.refuse(min(unknown), f"is not known; accepted are {', '.join(sorted(accepted))}")

    def refuse(self, key: str, why: str) -> NoReturn:
        """Refuse what stands under a key."""
        raise RulesError(f"{self.where} {key}: {why}")

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be a text that is not empty")
        return value.strip()

    def one_of(self, key: str, accepted: tuple[str, ...]) -> str:
        """Return one of these words; the first where nothing is said."""
        value = self.data.get(key, accepted[0])
        if value not in accepted:
            self.refuse(key, f"{value!r} is not accepted; use one of {', '.join(accepted)}")
        return str(value)

    def number(self, key: str, default: float | None = None) -> float:
        """Return a finite number."""
        if key not in self.data and default is not None:
            return default
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.refuse(key, f"{value!r} is not a number")
        return float(value)
