"""The processes of Dagster: does the daemon live, does the code server answer."""

import time
from collections.abc import Iterator
from typing import Any

from dancer_pipeline.doctor.databases import unready
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, unseen, wrong

OLDEST_BEAT_S = 300
"""Its threads beat twice a minute, later where a look into a queue or a launch takes long."""

START = (
    "Start it: `dagster dev`, the systemd unit, or the daemon's service in ECS; its log says why."
)


def daemon(at: Deployment) -> Iterator[Finding]:
    """Whether each of the daemon's threads has lately said that it lives."""
    from dancer_pipeline.defs.in_process import opened

    if found := unready(at):
        yield found
        return
    with opened(at.home) as instance:
        required = sorted(instance.get_required_daemon_types())
        beats: dict[str, Any] = dict(instance.get_daemon_heartbeats())
    now_s = time.time()
    ages_s = {it: now_s - beats[it].timestamp for it in required if it in beats}
    silent = [it for it in required if ages_s.get(it, now_s) > OLDEST_BEAT_S]
    if not ages_s:
        yield wrong("the daemon has never run: nothing is analysed", START)
    elif silent:
        oldest_s = max(ages_s.values())
        yield wrong(
            f"no heartbeat of {', '.join(silent)}: the last is {_age(oldest_s)} old",
            START,
        )
    else:
        yield good(
            f"{len(required)} threads, the oldest heartbeat is {_age(max(ages_s.values()))} old"
        )


def code_server(at: Deployment) -> Iterator[Finding]:
    """Whether the server answers that has the code."""
    from dancer_pipeline.defs.code_server import is_serving

    for host, port in code_servers(at):
        if host is None:
            yield unseen(
                "DAGSTER_CODE_HOST is not set here, which workspace.yaml wants",
                "Ask where it is set: in the daemon and the web server.",
            )
        elif is_serving(host, port):
            yield good(f"{host}:{port}: serving")
        else:
            yield wrong(
                f"{host}:{port} does not answer",
                "Look at the code server's log: a setting that is refused, or a database that it"
                " cannot reach, ends it; from elsewhere, look at DNS and security group.",
            )


def code_servers(at: Deployment) -> list[tuple[str | None, int]]:
    """Return where workspace.yaml looks for code servers; none where it loads the code itself."""
    import yaml

    path = at.home / "workspace.yaml"
    if not path.is_file():
        return []
    servers = [it.get("grpc_server") for it in yaml.safe_load(path.read_text("utf-8"))["load_from"]]
    return [(at.value(it["host"]), int(at.value(it["port"]) or 0)) for it in servers if it]


def _age(age_s: float) -> str:
    if age_s < 120:
        return f"{max(age_s, 0):.0f} s"
    return f"{age_s / 60:.0f} min" if age_s < 7200 else f"{age_s / 3600:.0f} h"
