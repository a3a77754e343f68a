"""Where videos and results are: a folder, or every key of a bucket below a prefix."""

import re
from pathlib import Path
from typing import NamedTuple

S3_PLACE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)


class BucketPlace(NamedTuple):
    """Part of a bucket: every key that begins with the prefix, which is empty or ends in `/`."""

    bucket: str
    prefix: str


def bucket_place(place: str) -> BucketPlace | None:
    """Read `s3://bucket/prefix`; None where it is a folder."""
    found = S3_PLACE.fullmatch(place)
    if not found:
        return None
    prefix = (found[2] or "").strip("/")
    return BucketPlace(found[1], f"{prefix}/" if prefix else "")


def overlap(one: str, other: str) -> bool:
    """Whether one of two places lies in the other."""
    first, second = bucket_place(one), bucket_place(other)
    if first and second:
        is_within = first.prefix.startswith(second.prefix) or second.prefix.startswith(first.prefix)
        return first.bucket == second.bucket and is_within
    if first or second:
        return False
    folder, beside = Path(one), Path(other)
    return folder.is_relative_to(beside) or beside.is_relative_to(folder)
