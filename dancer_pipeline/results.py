"""The result store: tables, pages and manifests by URI, on a local disk or on S3.

The only place that builds a result key: `<results>/<table>/<video_id>/<version>.<suffix>`. Every
write is atomic and durable (a local file is synced before it takes its name), and is entered into
the version's manifest.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq

from dancer_pipeline.durable_file import write_durably
from dancer_pipeline.gate import Fingerprint, Manifest, StoredResult
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Outcome
from dancer_pipeline.tables import LABEL, Column, Table

MANIFESTS = "manifests"

IDENTITY = (
    Column("video_id", LABEL, "the video: slug of its name and a digest of bucket and key"),
    Column("version", LABEL, "the exact version of the object that this was measured on"),
    Column("uploaded_at", pa.timestamp("us", tz="UTC"), "when that version was uploaded"),
)
"""The first columns of every stored table."""


def stored_table(table: Table) -> Table:
    """Return a table's declaration as it is stored: the identity columns come first."""
    return replace(table, columns=(*IDENTITY, *table.columns))


@dataclass(frozen=True)
class Written:
    """What was just stored."""

    uri: str
    result: StoredResult


class UnreadableManifestError(ValueError):
    """A manifest that is stored but cannot be understood; the message names its file."""


class ResultStore:
    """Reads and writes the results of one deployment.

    Parameters
    ----------
    uri
        Root of the store: an absolute folder or s3://bucket/prefix.
    """

    def __init__(self, uri: str) -> None:
        self._scheme = uri[: uri.find("://") + 3] if "://" in uri else ""
        if not self._scheme:
            Path(uri).mkdir(parents=True, exist_ok=True)
        self._files, self._root = pyarrow.fs.FileSystem.from_uri(quote(uri, safe="/:"))

    def uri(self, name: str, upload: Upload, suffix: str = "parquet") -> str:
        """Return where a result of a version is, or would be."""
        return self._uri(self._key(name, upload.video_id, upload.version, suffix))

    def write_table(
        self, table: Table, frame: pd.DataFrame, upload: Upload, *, code_version: str, run_id: str
    ) -> Written:
        """Store a table of one version; raises SchemaError where it breaks its declaration."""
        arrow = stored_table(table).arrow(_identified(frame, upload))
        sink = pa.BufferOutputStream()
        pq.write_table(arrow, sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        return self.write_bytes(
            table.name,
            content,
            upload,
            suffix="parquet",
            rows=arrow.num_rows,
            code_version=code_version,
            run_id=run_id,
        )

    def write_bytes(
        self,
        name: str,
        content: bytes,
        upload: Upload,
        *,
        suffix: str,
        code_version: str,
        run_id: str,
        rows: int | None = None,
        entry: str | None = None,
    ) -> Written:
        """Store any result of one version and enter it into the manifest."""
        key = self._key(name, upload.video_id, upload.version, suffix)
        self._write(key, content)
        result = StoredResult(
            key,
            hashlib.sha256(content).hexdigest(),
            len(content),
            rows,
            code_version,
            run_id,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        manifest = self.manifest(upload.video_id, upload.version)
        if manifest is not None:
            self.write_manifest(manifest.with_result(entry or name, result))
        return Written(self._uri(key), result)

    def read_table(self, name: str, video_id: str, version: str) -> pd.DataFrame:
        """Read a table of one version without its identity columns.

        Raises
        ------
        FileNotFoundError
            Naming the table that is not stored.
        """
        key = self._key(name, video_id, version, "parquet")
        table = pq.read_table(pa.BufferReader(self._read(key)))
        frame: pd.DataFrame = table.drop_columns([it.name for it in IDENTITY]).to_pandas()
        return frame

    def read_stored_tables(
        self, names: Iterable[str], video_id: str, version: str
    ) -> dict[str, pd.DataFrame]:
        """Read whichever of the named tables are stored."""
        manifest = self.manifest(video_id, version)
        stored = manifest.results if manifest else {}
        return {name: self.read_table(name, video_id, version) for name in names if name in stored}

    def read_all_tables(self, video_id: str, version: str) -> dict[str, pd.DataFrame]:
        """Read every table that is stored for a version."""
        manifest = self.manifest(video_id, version)
        results = manifest.results if manifest else {}
        names = [name for name, result in results.items() if result.file.endswith(".parquet")]
        return self.read_stored_tables(names, video_id, version)

    def read_bytes(self, name: str, video_id: str, version: str, suffix: str) -> bytes:
        """Read a result that is not a table; raises FileNotFoundError where it is not stored."""
        return self._read(self._key(name, video_id, version, suffix))

    def begin(
        self, upload: Upload, required: Iterable[str], software: Mapping[str, str]
    ) -> Manifest:
        """Freeze what this version's run must store; results stored earlier are kept."""
        try:
            earlier = self.manifest(upload.video_id, upload.version)
        except UnreadableManifestError:
            earlier = None  # everything is made again
        source = {
            "bucket": upload.bucket,
            "key": upload.key,
            "size_bytes": upload.size_bytes,
            "uploaded_at": upload.uploaded_at.isoformat(),
        }
        manifest = Manifest(
            upload.video_id,
            upload.version,
            source,
            tuple(required),
            earlier.results if earlier else {},
            software=dict(software),
        )
        self.write_manifest(manifest)
        return manifest

    def conclude(
        self, manifest: Manifest, outcome: Outcome, *, coverage: float | None, reason: str | None
    ) -> Manifest:
        """Write how the analysis of a version ended: the last thing that is written about it."""
        final = replace(manifest, outcome=outcome, coverage=coverage, reason=reason)
        self.write_manifest(final)
        return final

    def manifest(self, video_id: str, version: str) -> Manifest | None:
        """Read a version's manifest; None where nothing was ever stored for it.

        Raises
        ------
        UnreadableManifestError
            Where it is not what was written.
        """
        key = self._key(MANIFESTS, video_id, version, "json")
        try:
            return Manifest.from_json(json.loads(self._read(key)))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableManifestError(
                f"the manifest {self._uri(key)} cannot be read: {error!r}"
            ) from error

    def remove(self, manifest: Manifest, name: str) -> None:
        """Delete one result of a version for good, then strike it from the manifest.

        In this order: a result that no manifest names would never be found again.
        """
        with suppress(FileNotFoundError):
            self._files.delete_file(f"{self._root}/{manifest.results[name].file}")
        self.write_manifest(manifest.without(name))

    def withdraw(self, name: str, upload: Upload) -> None:
        """Delete a table that no manifest names, if it is there."""
        key = self._key(name, upload.video_id, upload.version, "parquet")
        with suppress(FileNotFoundError):
            self._files.delete_file(f"{self._root}/{key}")

    def manifests(self) -> Iterable[Manifest]:
        """Read every manifest of the store, to rebuild a ledger from."""
        selector = pyarrow.fs.FileSelector(
            f"{self._root}/{MANIFESTS}", allow_not_found=True, recursive=True
        )
        for info in self._files.get_file_info(selector):
            if info.extension == "json":
                content = self._files.open_input_stream(info.path).read()
                yield Manifest.from_json(json.loads(content))

    def write_manifest(self, manifest: Manifest) -> None:
        """Store a manifest in place of the version's earlier one."""
        content = json.dumps(manifest.to_json(), indent=1, sort_keys=True).encode()
        self._write(self._key(MANIFESTS, manifest.video_id, manifest.version, "json"), content)

    def fingerprints(self, manifest: Manifest) -> dict[str, Fingerprint | None]:
        """Read back every result of a manifest; None for one that is not there."""
        return {name: self._fingerprint(result) for name, result in manifest.results.items()}

    def _fingerprint(self, result: StoredResult) -> Fingerprint | None:
        try:
            content = self._read(result.file)
        except FileNotFoundError:
            return None
        return Fingerprint(hashlib.sha256(content).hexdigest(), len(content))

    def _uri(self, key: str) -> str:
        return f"{self._scheme}{self._root}/{key}"

    @staticmethod
    def _key(name: str, video_id: str, version: str, suffix: str) -> str:
        return f"{name}/{video_id}/{version}.{suffix}"

    def _read(self, key: str) -> bytes:
        with self._files.open_input_stream(f"{self._root}/{key}") as stream:
            content: bytes = stream.read()
        return content

    def _write(self, key: str, content: bytes) -> None:
        path = f"{self._root}/{key}"
        if isinstance(self._files, pyarrow.fs.LocalFileSystem):
            write_durably(Path(path), content)
        else:
            with self._files.open_output_stream(path) as stream:
                stream.write(content)


def _identified(frame: pd.DataFrame, upload: Upload) -> pd.DataFrame:
    identity: dict[str, Any] = {
        "video_id": upload.video_id,
        "version": upload.version,
        "uploaded_at": upload.uploaded_at,
    }
    return frame.assign(**identity)
