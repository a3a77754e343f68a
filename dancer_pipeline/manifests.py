"""The manifests of the result store: what each version must have, what is stored, how it ended.

The only place that builds a key: `<results>/<table>/<video_id>/<version>.<suffix>`, by URI, on a
local disk or on S3. Every write is atomic and durable: a local file is synced before it takes its
name.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pyarrow.fs

from dancer_pipeline.durable_file import write_durably
from dancer_pipeline.gate import Manifest
from dancer_pipeline.identity import Upload
from dancer_pipeline.states import Outcome

MANIFESTS = "manifests"


class UnreadableManifestError(ValueError):
    """A manifest that is stored but cannot be understood; the message names its file."""


class ManifestStore:
    """The files of one deployment's results, and what their manifests say of them.

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
