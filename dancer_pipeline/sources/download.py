"""Copy one version of an object to a file: exactly its bytes, whatever the network does.

The content is streamed. A broken or crawling answer is resumed where it ended, always naming the
version, and what was stored in the end must agree with every checksum that S3 knows of it.
"""

import base64
import hashlib
import logging
import random
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from urllib3.exceptions import HTTPError

from dancer_pipeline.aws import client
from dancer_pipeline.identity import Upload, pin
from dancer_pipeline.sources.protocol import (
    SourceBrokenError,
    SourceChangedError,
    SourceGoneError,
)
from dancer_pipeline.sources.refusals import PASSING_STATUSES, explained, status_of
from dancer_pipeline.sources.versions import head_of

log = logging.getLogger(__name__)

CHUNK_BYTES = 2**20
PASSES = 2
BREAKS = 8
BYTES_PER_FURTHER_BREAK = 256 * 2**20
PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0

CRAWL_S = 30.0
CRAWL_BYTES_PER_S = 4096
"""An answer slower than this for so long is given up and asked for again."""


class _BreakError(Exception):
    """The answer ended early, or might as well have."""


class _DamageError(Exception):
    """All bytes are there, and are not those that S3 has the checksum of."""


@dataclass(frozen=True)
class Wanted:
    """Which bytes are to be copied, and how to know them."""

    upload: Upload
    etag: str
    request: Mapping[str, str]
    """What asks for exactly this version."""

    @property
    def key(self) -> str:
        """The object's name as messages show it."""
        return repr(self.upload.key)

    @property
    def size_bytes(self) -> int:
        """How much there is to copy."""
        return self.upload.size_bytes


def download(wanted: Wanted, path: Path) -> str:
    """Write the version into a file and return the SHA-256 of what was written.

    Raises
    ------
    SourceGoneError, SourceChangedError, SourceRefusedError, SourceBrokenError
    """
    problem: Exception | None = None
    for _ in range(PASSES):
        with path.open("wb") as file:
            try:
                return _Pass(wanted, file).run()
            except _DamageError as error:
                log.warning("%s did not arrive as it is stored: %s", wanted.key, error)
                problem = error
    raise SourceBrokenError(
        f"checksum mismatch: {wanted.key} arrived {PASSES} times with other bytes than it is"
        f" stored with ({problem})"
    ) from problem


class _Pass:
    """One copy from the first byte to the last, over as many answers as it takes."""

    def __init__(self, wanted: Wanted, file: BinaryIO) -> None:
        self._wanted = wanted
        self._file = file
        self._sums = _Sums()
        self._breaks_left = BREAKS + wanted.size_bytes // BYTES_PER_FURTHER_BREAK

    def run(self) -> str:
        first = self._answer()
        self._take(first)
        while self._sums.size_bytes < self._wanted.size_bytes:
            self._take(self._answer())
        self._sums.check(first)
        return self._sums.sha256

    def _answer(self) -> Mapping[str, Any]:
        while True:
            try:
                return self._request()
            except (HTTPClientError, NoConnectionError) as error:
                self._broke(error)
            except ClientError as error:
                if status_of(error) not in PASSING_STATUSES:
                    raise _meant(error, self._wanted.key) from error
                self._broke(error)

    def _request(self) -> Mapping[str, Any]:
        done, size = self._sums.size_bytes, self._wanted.size_bytes
        part = {"Range": f"bytes={done}-"} if done else {"ChecksumMode": "ENABLED"}
        answer: Mapping[str, Any] = client("s3").get_object(**self._wanted.request, **part)
        _check_version(answer, self._wanted)
        is_part = not done or answer.get("ContentRange") == f"bytes {done}-{size - 1}/{size}"
        if not is_part or answer["ContentLength"] != size - done:
            answer["Body"].close()
            raise SourceBrokenError(
                f"{self._wanted.key}: S3 answered with {answer['ContentLength']:,} bytes where"
                f" {size - done:,} of {size:,} were due"
            )
        return answer

    def _take(self, answer: Mapping[str, Any]) -> None:
        try:
            for chunk in _chunks(answer["Body"]):
                self._file.write(chunk)
                self._sums.add(chunk)
        except (HTTPError, _BreakError) as error:
            self._broke(error)
        else:
            if self._sums.size_bytes < self._wanted.size_bytes:
                self._broke(_BreakError("the answer ended early"))

    def _broke(self, error: Exception) -> None:
        done, size = self._sums.size_bytes, self._wanted.size_bytes
        if not self._breaks_left:
            raise SourceBrokenError(
                f"the download of {self._wanted.key} broke too often, now at {done:,} of"
                f" {size:,} bytes: {type(error).__name__}"
            ) from error
        self._breaks_left -= 1
        log.info("%s broke at %d of %d bytes: %s", self._wanted.key, done, size, error)
        taken = BREAKS - min(self._breaks_left, BREAKS)
        pause_s = min(PAUSE_S * 2**taken, LONGEST_PAUSE_S)
        time.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 - no secret


def _chunks(body: Any) -> Iterator[bytes]:
    """Give what arrives as it arrives: to wait for a full chunk would hide that it crawls."""
    since_s, since_bytes = time.monotonic(), 0
    with body as stream:  # the connection's own stream: only it gives what there is
        while chunk := stream.read1(CHUNK_BYTES):
            yield chunk
            since_bytes += len(chunk)
            taken_s = time.monotonic() - since_s
            if taken_s >= CRAWL_S:
                if since_bytes < taken_s * CRAWL_BYTES_PER_S:
                    raise _BreakError(f"only {since_bytes:,} bytes in {taken_s:.0f} s")
                since_s, since_bytes = time.monotonic(), 0


def _check_version(answer: Mapping[str, Any], wanted: Wanted) -> None:
    """Believe no answer that is not about the wanted version, however the request was worded."""
    head = head_of(answer)
    if not head.fits(pin(wanted.upload.version)) or head.etag != wanted.etag:
        answer["Body"].close()
        raise _changed(wanted.key)


def _changed(key: str) -> SourceChangedError:
    return SourceChangedError(
        f"{key} was replaced while it was read; the other version is analysed instead"
    )


def _meant(error: ClientError, key: str) -> Exception:
    status = status_of(error)
    if status in (404, 405):
        return SourceGoneError(f"{key} was deleted while it was read")
    if status in (412, 416):
        return _changed(key)
    return explained(error, key, "s3:GetObject and s3:GetObjectVersion")


class _Sums:
    """Size and checksums of what was stored so far."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._crc32 = 0

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def add(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._sha256.update(chunk)
        self._md5.update(chunk)
        self._crc32 = zlib.crc32(chunk, self._crc32)

    def check(self, answer: Mapping[str, Any]) -> None:
        """Compare with the checksums of the whole object; those of its parts (`-n`) say nothing."""
        own = {
            "ChecksumSHA256": base64.b64encode(self._sha256.digest()).decode(),
            "ChecksumCRC32": base64.b64encode(self._crc32.to_bytes(4, "big")).decode(),
            "ETag": self._md5.hexdigest(),
        }
        stated = {**answer, "ETag": _md5_of(answer)}
        for name, value in own.items():
            if (said := stated.get(name)) and "-" not in said and said != value:
                raise _DamageError(f"{name} should be {said} and is {value}")


def _md5_of(answer: Mapping[str, Any]) -> str | None:
    """Return the ETag where S3 documents it to be an MD5: one part, no key of one's own."""
    etag = answer["ETag"].strip('"')
    by_own_key = "SSECustomerAlgorithm" in answer
    is_plain = answer.get("ServerSideEncryption") in (None, "AES256") and not by_own_key
    return etag if is_plain and re.fullmatch(r"[0-9a-f]{32}", etag) else None
