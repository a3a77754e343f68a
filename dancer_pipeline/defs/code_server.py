"""The process that holds the code location for the daemon and the web server."""

from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._grpc.client import DagsterGrpcClient


def is_serving(host: str, port: int) -> bool:
    """Whether a code server answers there."""
    try:
        return bool(DagsterGrpcClient(port, host=host).ping("doctor")["echo"] == "doctor")
    except DagsterUserCodeUnreachableError:
        return False
