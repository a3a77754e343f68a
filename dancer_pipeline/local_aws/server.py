"""The server: moto's, with its behaviours mended, threads, and no log but of its own faults."""

import logging

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from dancer_pipeline.local_aws import names, notifications, permissions, queues, versions

MENDED = (names, notifications, permissions, queues, versions)
"""Importing them mends moto."""


def serve(port: int) -> None:
    """Serve on this machine only, until the process is stopped.

    Raises
    ------
    OSError
        The port is in use.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler)
    server.serve_forever()
