"""Keys of any characters, as S3 takes them.

Mends of moto: a key with a line break belongs to no route; a listing of versions ignores
`encoding-type=url`, and plain XML cannot hold control characters.
"""

from typing import Any
from urllib.parse import quote_plus

from moto.core.responses import ActionResult
from moto.moto_server.utilities import RegexConverter
from moto.s3.responses import S3Response
from werkzeug.routing import BaseConverter

from dancer_pipeline.local_aws.mending import mends

_LIST_OBJECT_VERSIONS = S3Response.list_object_versions
_NAMES = ("Key", "KeyMarker", "NextKeyMarker", "Prefix", "Delimiter")


@mends(RegexConverter)
def __init__(self: RegexConverter, url_map: Any, *items: Any) -> None:  # noqa: N807 moto's name
    """Let the dot of a route stand for a line break, too."""
    BaseConverter.__init__(self, url_map)
    self.regex = f"(?s:{items[0]})"


@mends(S3Response)
def list_object_versions(self: S3Response) -> Any:
    """Encode names where the client asks for it."""
    if self.querystring.get("encoding-type") == ["url"]:
        serialized = self.serialized

        def encoded(action_result: ActionResult) -> Any:
            result = {**_encoded(action_result.result), "EncodingType": "url"}
            return serialized(ActionResult(result))

        self.serialized = encoded  # type: ignore[method-assign]  # for this answer alone
    return _LIST_OBJECT_VERSIONS(self)


def _encoded(part: Any) -> Any:
    """Encode the names in an answer, however deep."""
    if isinstance(part, list):
        return [_encoded(it) for it in part]
    if not isinstance(part, dict):
        return part
    return {
        name: quote_plus(value, safe="/") if name in _NAMES and value else _encoded(value)
        for name, value in part.items()
    }
