"""Lost ledger rows, made again from the manifests of what is stored."""

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import WHOLE, State


def rebuild(settings: Settings) -> int:
    """Record whatever has a manifest and no row; return how many there were."""
    ledger, count = Ledger(settings.ledger), 0
    for manifest in ResultStore(settings.results).manifests():
        state = State.ANALYSED if manifest.outcome in WHOLE else State.RECEIVED
        count += len(ledger.record([manifest.upload], state=state))
    return count
