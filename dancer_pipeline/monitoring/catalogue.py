"""Every metric of our own, declared once: its name, its unit, and what it says.

Each has the dimension `Deployment`; one with `by` is also kept apart by that. A video's id is
no dimension, since CloudWatch would charge for a metric per video: it stands in the line itself.
The average of a metric of 0 and 1 is a rate; what did not fail succeeded.
"""

from dataclasses import dataclass
from typing import Literal

NAMESPACE = "DancerPipeline"
DEPLOYMENT = "Deployment"

Unit = Literal["Seconds", "Percent", "Count"]
By = Literal["Job", "Asset"]


@dataclass(frozen=True)
class Measure:
    """One metric."""

    name: str
    unit: Unit
    says: str
    by: By | None = None


MEASURES = (
    Measure("RunTime", "Seconds", "how long a run took, from its start to its end", "Job"),
    Measure("RunFailed", "Count", "1 for a run that failed or was canceled, else 0", "Job"),
    Measure("WorkerLost", "Count", "1 for a run whose task ended without a word, else 0", "Job"),
    Measure("NotLaunched", "Count", "1 for a run whose task ECS refused to start, else 0"),
    Measure("OutOfMemory", "Count", "1 for a run that its task had too little memory for, else 0"),
    Measure("AssetTime", "Seconds", "how long an asset took, its retries included", "Asset"),
    Measure("AssetFailed", "Count", "1 for an asset that was begun and not made, else 0", "Asset"),
    Measure("VideoTime", "Seconds", "from a video's arrival to its results, waiting included"),
    Measure("VideoSucceeded", "Count", "1 for a video whose results are stored, else 0"),
    Measure("VideoFailed", "Count", "1 for a video that was given up, else 0"),
    Measure("RefusedShare", "Percent", "how many of a video's metrics could not be measured"),
    Measure("LowConfidenceShare", "Percent", "how many of the measured ones are unsure"),
    Measure("DetectionRate", "Percent", "in how many of a video's frames a person was found"),
    Measure("Jitter", "Percent", "how much the trunk's keypoints tremble, of its length"),
    Measure("WaitingVideos", "Count", "videos that wait for their analysis"),
    Measure("ProcessingVideos", "Count", "videos that are being analysed"),
    Measure("FailedVideos", "Count", "videos that were given up and are still kept"),
    Measure("OldestUnfinished", "Seconds", "how long the oldest unfinished video has been there"),
    Measure("CleanupPending", "Count", "sources that may go and are still there"),
    Measure("OldestCleanupPending", "Seconds", "how long the oldest of them has been waiting"),
    Measure("ListingFinds", "Count", "uploads of the last hour that only the listing found"),
    Measure("NotificationFinds", "Count", "uploads of the last hour that a notification told of"),
    Measure("Quarantined", "Count", "messages that nobody understood and that came in this hour"),
    Measure("QueueMessages", "Count", "messages that wait in the queue"),
    Measure("QueueInFlight", "Count", "messages that were received and not yet acknowledged"),
)

_BY_NAME = {measure.name: measure for measure in MEASURES}


def measure(name: str) -> Measure:
    """Return the declaration of a metric."""
    return _BY_NAME[name]
