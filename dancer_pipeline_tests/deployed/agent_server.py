"""Serve the stand-in for AWS with an agent: `python -m ...deployed.agent_server`.

Beside AWS it answers `/agent/tasks` (what became of each task), `/agent/calls` (how often each
action of ECS was called) and `/agent/interrupt?arn=...` (Spot takes a task's capacity back).
"""

import argparse
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from dancer_pipeline.local_aws import server
from dancer_pipeline_tests.deployed.agent import SPOT, Agent, install

ROOT = Path(__file__).parents[2]
PASSED_ON = ("PATH", "LANG", "HOME", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--image", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args()
    assert server.MENDED  # moto behaves as AWS does
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    more = dict(it.split("=", 1) for it in given.image)
    agent = Agent(image_environment(given.port) | more, given.folder)
    install(agent)
    moto = DomainDispatcherApplication(create_backend_app)
    make_server(
        "127.0.0.1", given.port, with_agent(moto, agent),
        threaded=True, request_handler=MotoRequestHandler,
    ).serve_forever()  # fmt: skip


def image_environment(port: int) -> dict[str, str]:
    """Return what deploy/Dockerfile sets, and where AWS is."""
    here = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **here,
        "PATH": f"{Path(sys.executable).parent}:{here['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": "/scratch",
        "MPLCONFIGDIR": "/scratch/matplotlib",
        "DANCER_SCRATCH": "/scratch",
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def with_agent(moto: Any, agent: Agent) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Put the agent's own addresses before moto, and count what is called."""
    calls: Counter[str] = Counter()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if "EC2ContainerService" in target:
            calls[target.rpartition(".")[2]] += 1
        if not path.startswith("/agent/"):
            found: Iterable[bytes] = moto(environ, start_response)
            return found
        if path == "/agent/interrupt":
            asked = parse_qs(environ["QUERY_STRING"])
            agent.stop(asked["arn"][0], "SpotInterruption", SPOT, float(asked["grace_s"][0]))
        told = calls if path == "/agent/calls" else [it.told() for it in list(agent.works.values())]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    return answer


if __name__ == "__main__":
    main()
