"""What is active, and which variable decided it."""

from collections.abc import Iterator
from pathlib import Path

from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, unseen, wrong
from dancer_pipeline.ledger_database import without_password
from dancer_pipeline.settings import variable

FOLDERS = "deploy/machine (one machine, PostgreSQL) or deploy/aws (ECS)"


def active(at: Deployment) -> Iterator[Finding]:
    """Say what is chosen, and refuse what does not go together."""
    yield _home(at)
    if at.options:
        yield good(_runs(at))
    for name in ("source", "results", "ledger"):
        yield good(f"{name}: {_place(at, name)}")
    if not at.is_elsewhere("source"):
        yield good(f"{_cleanup(at)} ({_why(at, 'cleanup')})")
    yield from _contradictions(at)


def _home(at: Deployment) -> Finding:
    path = at.home / "dagster.yaml"
    if path.is_file():
        if at.is_home_chosen:
            return good(f"Dagster: {path} (DAGSTER_HOME)")
        return good(f"Dagster: {path} (DAGSTER_HOME is not set: what `dancer demo` uses)")
    if at.is_home_chosen:
        return wrong(
            f"DAGSTER_HOME={at.home} holds no dagster.yaml: Dagster would use its own defaults",
            f"Set DAGSTER_HOME to the absolute path of {FOLDERS}, or copy dagster.yaml there.",
        )
    return unseen(
        "DAGSTER_HOME is not set, and `dancer demo` has not run here",
        f"Run `dancer demo`, or set DAGSTER_HOME to a folder with a dagster.yaml: {FOLDERS}.",
    )


def _runs(at: Deployment) -> str:
    storage = "PostgreSQL" if at.postgres else "SQLite"
    runs = "ECS tasks" if at.has_tasks else "processes of this machine"
    return f"history in {storage}, runs are {runs} ({at.launcher} in dagster.yaml)"


def _place(at: Deployment, name: str) -> str:
    if at.is_elsewhere(name):
        return f"{variable(name)} is not set here, the code server and runs have it"
    value = getattr(at.settings, name)
    shown = without_password(value) if name == "ledger" else value
    return f"{shown} ({_why(at, name)})"


def _why(at: Deployment, name: str) -> str:
    chosen_by = variable(name)
    return chosen_by if chosen_by in at.environment else f"default of {chosen_by}"


def _cleanup(at: Deployment) -> str:
    return {
        "on": "cleanup on: a source is deleted when all of its analyses are stored",
        "off": "cleanup off: sources stay",
        "dry-run": "cleanup dry-run: what would be deleted is only said",
    }[at.settings.cleanup]


def _contradictions(at: Deployment) -> Iterator[Finding]:
    if not at.has_tasks:
        return
    if at.settings.ecs_capacity is None and not at.is_elsewhere("source"):
        yield wrong(
            "runs are ECS tasks, but DANCER_ECS_CAPACITY is not set: each gets the same size",
            "Set DANCER_ECS_CAPACITY=spot (or on-demand) for the code server.",
        )
    for name in ("source", "results"):
        if Path(getattr(at.settings, name)).is_absolute() and not at.is_elsewhere(name):
            yield wrong(
                f"runs are ECS tasks, but the {name} is a folder, which they do not see",
                f"Set {variable(name)}=s3://bucket/prefix for all containers.",
            )
    if at.settings.ledger.startswith("sqlite") and not at.is_elsewhere("ledger"):
        yield wrong(
            "runs are ECS tasks, but the ledger is a SQLite file, which they do not see",
            "Set DANCER_LEDGER=postgresql://user@server/database for all containers.",
        )
