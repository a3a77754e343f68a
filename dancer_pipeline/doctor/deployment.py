"""What is to be looked at: the settings, Dagster's folder, and what its dagster.yaml says."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dancer_pipeline.places import BucketPlace, bucket_place
from dancer_pipeline.settings import Settings, variable

LOCAL_HOME = Path(".dancer/dagster")
"""What the demo uses where DAGSTER_HOME is not set."""


@dataclass(frozen=True)
class Deployment:
    """One deployment as its environment describes it."""

    settings: Settings
    environment: Mapping[str, str]

    @cached_property
    def home(self) -> Path:
        """The folder that holds dagster.yaml."""
        return Path(self.environment.get("DAGSTER_HOME") or LOCAL_HOME.resolve())

    @property
    def is_home_chosen(self) -> bool:
        """Whether the environment names the folder."""
        return bool(self.environment.get("DAGSTER_HOME"))

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """What dagster.yaml says; empty where there is none."""
        import yaml

        path = self.home / "dagster.yaml"
        return (yaml.safe_load(path.read_text("utf-8")) or {}) if path.is_file() else {}

    @property
    def launcher(self) -> str:
        """Class that starts runs."""
        return str(self.options.get("run_launcher", {}).get("class", "DefaultRunLauncher"))

    @property
    def has_tasks(self) -> bool:
        """Whether runs are tasks of ECS."""
        return "task_definition" in self.launcher_options

    @property
    def launcher_options(self) -> Mapping[str, Any]:
        """What dagster.yaml tells the launcher."""
        found: Mapping[str, Any] = self.options.get("run_launcher", {}).get("config") or {}
        return found

    @property
    def postgres(self) -> Any:
        """How dagster.yaml names Dagster's PostgreSQL database; None where it is SQLite."""
        return self.options.get("storage", {}).get("postgres", {}).get("postgres_url")

    @property
    def source(self) -> BucketPlace | None:
        """Where videos arrive, if that is a bucket."""
        return bucket_place(self.settings.source)

    @property
    def results(self) -> BucketPlace | None:
        """Where results go, if that is a bucket."""
        return bucket_place(self.settings.results)

    def is_elsewhere(self, name: str) -> bool:
        """Whether a setting is that of another container: the daemon, for one, has no source."""
        return self.has_tasks and variable(name) not in self.environment

    def value(self, option: Any) -> str | None:
        """Read an option of dagster.yaml that may name a variable."""
        if isinstance(option, Mapping):
            return self.environment.get(str(option.get("env")))
        return None if option is None else str(option)

    def unset(self, *options: Any) -> Iterator[str]:
        """Yield the variables that options name and that are not set."""
        for option in options:
            if isinstance(option, Mapping) and not self.value(option):
                yield str(option.get("env"))


def described() -> Deployment:
    """Read this process's environment.

    Raises
    ------
    SettingsError
        A setting cannot be understood.
    """
    return Deployment(Settings.load(), dict(os.environ))
