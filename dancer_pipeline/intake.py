"""From the queue into the ledger: receive, look, record, and only then acknowledge.

Whatever can be understood is recorded, as an upload, as quarantined or as counted. What could not
be looked at or recorded in time stays in the queue and comes again; after too many receives it is
in the dead-letter queue, and the listing finds the object all the same.
"""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby

from dancer_pipeline import failpoints
from dancer_pipeline.arrivals import Entry, Watched, entries, fits, is_known
from dancer_pipeline.events import Arrival, Removal, Uninteresting, Unreadable, read_message
from dancer_pipeline.identity import Found, Upload, video_id
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.message_queue import PER_CALL, Message, MessageQueue
from dancer_pipeline.quarantine import Quarantined
from dancer_pipeline.sources.bucket import BucketSource
from dancer_pipeline.states import WAITING, Row, State

MESSAGES_PER_TICK = 100
RECEIVING_LIMIT_S = 12.0
LOOKING_LIMIT_S = 6.0
"""How long S3 may take to answer for ten messages; those that wait longer stay in the queue."""

REMOVED = "somebody deleted it before it was analysed: upload it again"
OUTSIDE = "outside the watched prefix"
FOLDER = "folder"


@dataclass
class Taken:
    """What one look into the queue brought."""

    received: int = 0
    uploads: list[Upload] = field(default_factory=list)
    """Those that are new and to be analysed."""
    left: dict[str, str] = field(default_factory=dict)
    """Why messages were left in the queue, by message id."""
    notes: list[str] = field(default_factory=list)
    """What was unusual."""


@dataclass
class Settled:
    """What one message comes to."""

    message: Message
    entries: list[Entry] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Why records of the message, which as such can be read, are not acted upon."""
    counted: Counter[str] = field(default_factory=Counter)
    removed: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Intake:
    """Takes notifications in for one deployment."""

    queue: MessageQueue
    source: BucketSource
    ledger: Ledger
    watched: Watched
    wait_s: int

    def take_in(self) -> Taken:
        """Take in what is in the queue, in bounded number and time."""
        taken, end = Taken(), time.monotonic() + RECEIVING_LIMIT_S
        wait_s = self.wait_s
        while taken.received < MESSAGES_PER_TICK and time.monotonic() < end:
            try:
                if not self._take_some(taken, wait_s):
                    break
            except Exception as error:
                if not taken.uploads:
                    raise
                # What was recorded before it must still be told to Dagster.
                taken.notes.append(f"stopped early: {type(error).__name__}: {error}")
                break
            wait_s = 0
        return taken

    def _take_some(self, taken: Taken, wait_s: int) -> bool:
        messages = self.queue.receive(wait_s=wait_s)
        failpoints.reach("after_receive")
        if messages:
            self._take_in(messages, taken)
        return bool(messages)

    def _take_in(self, messages: Sequence[Message], taken: Taken) -> None:
        settled = self._settle_all(messages, taken)
        for one in settled:
            taken.uploads += self._record(one)
            taken.notes += one.notes
        failpoints.reach("before_acknowledge")
        taken.left |= self.queue.acknowledge([one.message for one in settled])
        failpoints.reach("after_acknowledge")
        taken.received += len(messages)

    def _settle_all(self, messages: Sequence[Message], taken: Taken) -> list[Settled]:
        """Look at all messages at once; note those that S3 gave no answer for in time."""
        pool = ThreadPoolExecutor(PER_CALL, thread_name_prefix="intake")
        futures = {message: pool.submit(self._settle, message) for message in messages}
        wait(futures.values(), timeout=LOOKING_LIMIT_S)
        pool.shutdown(wait=False, cancel_futures=True)
        settled = []
        for message, future in futures.items():
            if problem := _problem(future):
                taken.left[message.message_id] = problem
            else:
                settled.append(future.result())
        return settled

    def _settle(self, message: Message) -> Settled:
        settled = Settled(message)
        for event in read_message(message.body):
            if isinstance(event, Uninteresting):
                settled.counted[event.kind] += 1
            elif isinstance(event, Unreadable):
                told = Quarantined(event.raw, event.reason, message.message_id)
                settled.quarantined.append(told)
            elif refusal := self.watched.refusal(event):
                settled.refusals.append(refusal)
            elif not self.watched.keys(event):
                settled.counted[OUTSIDE] += 1
            elif isinstance(event, Arrival):
                self._arrive(settled, event)
            else:
                settled.counted["removal"] += 1
                settled.removed += self._removed(event)
        if settled.refusals:
            settled.quarantined.append(_refused(settled))
        return settled

    def _arrive(self, settled: Settled, arrival: Arrival) -> None:
        """Enter what S3 has under the arrival's key, unless it is known already."""
        keys = self.watched.keys(arrival)
        if any(is_known(arrival, self._known(arrival.bucket, key)) for key in keys):
            return
        key, found = self._look(arrival, keys)
        if found and not found.upload.size_bytes and key.endswith("/"):
            settled.counted[FOLDER] += 1
            return
        if arrival.note:
            settled.notes.append(f"{key!r}: {arrival.note}")
        known = self._known(arrival.bucket, key)
        try:
            settled.entries += entries(arrival, key, found, known)
        except ValueError as error:
            settled.refusals.append(str(error))

    def _look(self, arrival: Arrival, keys: Sequence[str]) -> tuple[str, Found | None]:
        """Ask S3 which of the spellings is the key: the first that fits, else one that is there."""
        there = None
        for key in keys:
            found = self.source.find(key, arrival.version_id)
            if found and fits(arrival, found.upload):
                return key, found
            there = there or (found and (key, found))
        return there or (keys[0], None)

    def _removed(self, removal: Removal) -> list[Row]:
        """Return the rows that wait for an object which is no longer there."""
        rows = [
            row for key in self.watched.keys(removal) for row in self._known(removal.bucket, key)
        ]
        return [row for row in rows if row.state in WAITING and not self.source.exists(row)]

    def _record(self, settled: Settled) -> list[Upload]:
        """Write down everything about one message; return what is to be analysed and was new."""
        new: list[Upload] = []
        for (state, reason), some in groupby(settled.entries, lambda it: (it.state, it.reason)):
            uploads = [entry.upload for entry in some]
            recorded = self.ledger.record(
                uploads, state=state, reason=reason, found_by="notification"
            )
            new += recorded if state is State.RECEIVED else []
        for row in settled.removed:
            self.ledger.change(row, state=State.GONE, reason=REMOVED)
        self.ledger.quarantine.add(settled.quarantined)
        self.ledger.quarantine.count(settled.counted)
        return new

    def _known(self, bucket: str, key: str) -> list[Row]:
        return self.ledger.of_video(video_id(bucket, key))


def _refused(settled: Settled) -> Quarantined:
    """Keep a message once, however many of its records are refused."""
    first, *more = settled.refusals
    others = f" (and {len(more)} more of its records)" if more else ""
    return Quarantined(settled.message.body, f"{first}{others}", settled.message.message_id)


def _problem(future: "Future[Settled]") -> str | None:
    """Why a message could not be settled; None where it could."""
    if not future.done() or future.cancelled():
        return f"S3 did not answer within {LOOKING_LIMIT_S:g} s"
    error = future.exception()
    return f"{type(error).__name__}: {error}" if error else None
