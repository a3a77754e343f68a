"""Strict JSON and typed fields: a value of the documented type, or a reason in words.

Absent and null are alike. Every refusal is a FieldError that names the field and quotes what it
held, escaped and cut short.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any
from urllib.parse import unquote_plus

from dancer_pipeline.identity import NO_VERSION

MAX_BODY_BYTES = 1024**2
"""The most that SQS carries."""

MAX_NESTING = 32
"""Lists and objects in each other; S3 needs six."""

MAX_KEY_BYTES = 1024
FIRST_YEAR, LAST_YEAR = 2000, 2100
SEQUENCER_LENGTH = 64

VERSION = re.compile(r"([0-9]{1,4})\.[0-9]{1,4}")
BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}")
HEX = re.compile(rf"[0-9A-Fa-f]{{1,{SEQUENCER_LENGTH}}}")
STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)


class FieldError(ValueError):
    """What is wrong with a message, in words."""


def parsed(text: str) -> dict[str, Any]:
    """Parse a JSON object; duplicate names, NaN, deep nesting and long texts are refused."""
    if len(_utf8(text, "the message")) > MAX_BODY_BYTES:
        raise FieldError(f"the message is longer than {MAX_BODY_BYTES} bytes")
    if any(depth > MAX_NESTING for depth in _nesting(text)):
        raise FieldError(f"the message is nested more than {MAX_NESTING} deep")
    try:
        found = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except ValueError as error:
        raise FieldError(f"not JSON: {error}") from None
    return as_object(found, "the message")


def as_object(value: Any, name: str) -> dict[str, Any]:
    """Return a value that is an object."""
    if not isinstance(value, dict):
        raise FieldError(f"{name} is not an object: {value!r:.80}")
    return value


def as_list(value: Any, name: str) -> list[Any]:
    """Return a value that is a list, an empty one where there is none."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise FieldError(f"{name} is not a list: {value!r:.80}")
    return value


def optional_text(holder: dict[str, Any], name: str) -> str | None:
    """Return the text of a field, None where it has none."""
    value = holder.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldError(f"{name} is not text: {value!r:.80}")
    _utf8(value, name)
    return value


def required_text(holder: dict[str, Any], name: str) -> str:
    """Return the text of a field that must have one."""
    found = optional_text(holder, name)
    if not found:
        raise FieldError(f"{name} is missing")
    return found


def size_bytes(holder: dict[str, Any], name: str) -> int | None:
    """Return a size, None where there is none."""
    value = holder.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise FieldError(f"{name} is not a number of bytes: {value!r:.80}")
    return value


def moment(holder: dict[str, Any], name: str) -> datetime | None:
    """Return a time in UTC, None where there is none."""
    found = optional_text(holder, name)
    if found is None:
        return None
    try:
        when = datetime.fromisoformat(found)
        if when.tzinfo is not None and FIRST_YEAR <= when.year <= LAST_YEAR:
            return when.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise FieldError(f"{name} is not a time of our days with its zone: {found!r:.80}")


def version_id(holder: dict[str, Any], name: str) -> str | None:
    """Return a version id, None where the object has none of its own."""
    found = optional_text(holder, name)
    return None if found in ("", NO_VERSION) else found


def bucket_name(bucket: dict[str, Any], arns: list[Any]) -> str:
    """Return a bucket's name; every ARN that comes with it must be that bucket's."""
    name = required_text(bucket, "name")
    if not BUCKET.fullmatch(name):
        raise FieldError(f"no bucket has the name {name!r:.80}")
    fitting = re.compile(rf"arn:aws[a-z-]*:s3:::{re.escape(name)}")
    for arn in arns:
        if not isinstance(arn, str) or not fitting.fullmatch(arn):
            raise FieldError(f"the ARN {arn!r:.80} is not that of bucket {name}")
    return name


def legal_keys(raw: str, candidates: Iterable[str | None]) -> tuple[str, ...]:
    """Return those candidates for a raw key that can be a key, each once."""
    keys = (key for key in candidates if key and len(key.encode()) <= MAX_KEY_BYTES)
    found = tuple(dict.fromkeys(keys))
    if not found:
        raise FieldError(f"key is not UTF-8 of at most {MAX_KEY_BYTES} bytes: {raw!r:.80}")
    return found


def form_decoded(raw: str) -> str | None:
    """Undo the encoding of web forms, once; None where that gives no text."""
    try:
        return unquote_plus(raw, errors="strict")
    except UnicodeDecodeError:
        return None


def padded_sequencer(sequencer: str | None) -> str | None:
    """Make a sequencer comparable as text, which orders the events of one key as S3 does.

    Returns
    -------
    str, optional
        None where there is none, or none that could be compared.
    """
    if sequencer is None or not HEX.fullmatch(sequencer):
        return None
    return sequencer.upper().ljust(SEQUENCER_LENGTH, "0")


def check_version(version: str | None, *, major: int) -> None:
    """Refuse a major version that may mean something else; minor ones only add fields."""
    found = VERSION.fullmatch(version or "")
    if found and int(found[1]) == major:
        return
    shown = version if found else f"{version!r:.80}"
    raise FieldError(f"unsupported event version {shown}")


def check_origin(holder: dict[str, Any], name: str, service: str) -> None:
    """Refuse an event of another service."""
    if holder.get(name) != service:
        raise FieldError(f"{name} is not {service}: {holder.get(name)!r:.80}")


def _utf8(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise FieldError(f"{name} holds half a character (a lone surrogate)") from None


def _nesting(text: str) -> Iterable[int]:
    """How deep the lists and objects are, bracket by bracket; brackets in strings are none."""
    steps = {"[": 1, "{": 1, "]": -1, "}": -1}
    return accumulate(steps.get(found[0], 0) for found in STRING_OR_BRACKET.finditer(text))


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"an object has two fields {name!r:.80}")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")
