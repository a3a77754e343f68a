"""What must be stored before a source may go: the manifest, and the verdict over it. Pure.

The asset check, the cleanup asset and the tests call the same `judge`.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from dancer_pipeline.identity import Upload
from dancer_pipeline.states import WHOLE, Outcome, Row, State

MINIMUM_COVERAGE = 0.98
"""Share of the promised duration that must have been decoded before a source may be deleted."""


@dataclass(frozen=True)
class Fingerprint:
    """What identifies stored bytes."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class StoredResult:
    """One result of a version, as it was when it was written."""

    file: str
    sha256: str
    size_bytes: int
    rows: int | None
    code_version: str
    run_id: str
    stored_at: str

    @property
    def fingerprint(self) -> Fingerprint:
        """What the stored bytes must still be."""
        return Fingerprint(self.sha256, self.size_bytes)


@dataclass(frozen=True)
class Manifest:
    """Everything that is stored about one version of one video, and what ought to be.

    `required` is frozen when a run of the version begins.
    """

    video_id: str
    version: str
    source: dict[str, Any]
    required: tuple[str, ...]
    results: Mapping[str, StoredResult] = field(default_factory=dict)
    outcome: Outcome = Outcome.UNFINISHED
    coverage: float | None = None
    reason: str | None = None
    software: Mapping[str, str] = field(default_factory=dict)

    @property
    def upload(self) -> Upload:
        """The version that this is about."""
        uploaded_at = datetime.fromisoformat(self.source["uploaded_at"])
        source = {name: self.source[name] for name in ("bucket", "key", "size_bytes")}
        return Upload(self.video_id, self.version, **source, uploaded_at=uploaded_at)

    @property
    def missing(self) -> tuple[str, ...]:
        """Required results that nothing was stored for."""
        return tuple(name for name in self.required if name not in self.results)

    def with_result(self, name: str, result: StoredResult) -> "Manifest":
        """Return the manifest with one more result, or with that result replaced."""
        return replace(self, results={**self.results, name: result})

    def known_to(self, deployment: Collection[str]) -> "Manifest":
        """Drop what nobody can make any more: an analysis that was removed before it was run."""
        required = tuple(n for n in self.required if n in deployment or n in self.results)
        return replace(self, required=required)

    def without(self, name: str) -> "Manifest":
        """Return the manifest as if a result had never been made nor asked for."""
        results = {key: result for key, result in self.results.items() if key != name}
        required = tuple(key for key in self.required if key != name)
        return replace(self, results=results, required=required)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON document."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        values = dict(document)
        results = {name: StoredResult(**result) for name, result in values.pop("results").items()}
        required, outcome = tuple(values.pop("required")), Outcome(values.pop("outcome"))
        return cls(**values, required=required, outcome=outcome, results=results)


@dataclass(frozen=True)
class Verdict:
    """The gate's answer. The source may go only when `passed`; otherwise `reasons` says why not."""

    reasons: tuple[str, ...]
    checked: int = 0
    coverage: float | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing stands against deleting the source."""
        return not self.reasons

    @property
    def refusal(self) -> str:
        """Why the gate refused, in words; empty where it did not."""
        return f"the gate refused: {'; '.join(self.reasons)}" if self.reasons else ""


def judge(row: Row, manifest: Manifest | None, stored: Mapping[str, Fingerprint | None]) -> Verdict:
    """Decide whether everything that was promised about this version is safely stored.

    Parameters
    ----------
    row
        The ledger row of the version whose source would be deleted.
    manifest
        What ought to be stored; None where there is none.
    stored
        For each result of the manifest, the fingerprint of the bytes read back just now, or None.
    """
    if manifest is None:
        return Verdict(("nothing is stored for this version: no manifest",))
    reasons = [*_wrong_version(row, manifest), *_unfinished(row, manifest)]
    reasons += [f"{name} is missing" for name in manifest.missing]
    reasons += [
        f"{name} is not what was written: its bytes changed or are gone"
        for name, result in manifest.results.items()
        if stored.get(name) != result.fingerprint
    ]
    return Verdict(tuple(reasons), len(manifest.results), manifest.coverage)


def _wrong_version(row: Row, manifest: Manifest) -> list[str]:
    if (row.video_id, row.version) == (manifest.video_id, manifest.version):
        return []
    return [f"the manifest is of version {manifest.version}, the source of {row.version}"]


def _unfinished(row: Row, manifest: Manifest) -> list[str]:
    reasons = []
    if manifest.outcome not in WHOLE:
        reasons.append(f"the analysis is {manifest.outcome}: {manifest.reason or 'not finished'}")
    if row.state not in (State.ANALYSED, State.COMPLETED):
        reasons.append(f"the ledger says {row.state}, not analysed")
    if manifest.coverage is None:
        reasons.append("it is not known how much of the video was decoded")
    elif manifest.coverage < MINIMUM_COVERAGE:
        reasons.append(f"only {manifest.coverage:.1%} of the video was decoded")
    return reasons


def unfinished(graph: Mapping[str, Collection[str]], stored: Collection[str]) -> set[str]:
    """Return what a further attempt must make: what is not stored, and all that follows from it.

    Parameters
    ----------
    graph
        For each result, the results it is made from, in an order in which they can be made.
    stored
        The results that are stored already.
    """
    needed: set[str] = set()
    for name, made_from in graph.items():
        if name not in stored or needed & set(made_from):
            needed.add(name)
    return needed
