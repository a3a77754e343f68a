"""The result store: tables and pages, each entered into its version's manifest when stored."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq

from dancer_pipeline.gate import Fingerprint, Manifest, StoredResult
from dancer_pipeline.identity import Upload
from dancer_pipeline.manifests import ManifestStore
from dancer_pipeline.tables import LABEL, Column, Table

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


class ResultStore(ManifestStore):
    """Reads and writes the results of one deployment."""

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

    def fingerprints(self, manifest: Manifest) -> dict[str, Fingerprint | None]:
        """Read back every result of a manifest; None for one that is not there."""
        return {name: self._fingerprint(result) for name, result in manifest.results.items()}

    def _fingerprint(self, result: StoredResult) -> Fingerprint | None:
        try:
            content = self._read(result.file)
        except FileNotFoundError:
            return None
        return Fingerprint(hashlib.sha256(content).hexdigest(), len(content))


def _identified(frame: pd.DataFrame, upload: Upload) -> pd.DataFrame:
    identity: dict[str, Any] = {
        "video_id": upload.video_id,
        "version": upload.version,
        "uploaded_at": upload.uploaded_at,
    }
    return frame.assign(**identity)
