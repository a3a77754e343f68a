"""Looks at everything that a deployment needs and says what is wrong and what to do about it.

Nothing is changed, and no run is started.
"""

import os
import threading
from collections.abc import Collection, Iterator

from dancer_pipeline.doctor.checks import CHECKS, Check
from dancer_pipeline.doctor.deployment import Deployment, described
from dancer_pipeline.doctor.finding import Finding, unseen, wrong
from dancer_pipeline.doctor.refusals import REACH, as_finding
from dancer_pipeline.redaction import known_secrets, redacted
from dancer_pipeline.settings import SettingsError

__all__ = ["NAMES", "Finding", "diagnosed"]

SETTINGS = "settings"
NAMES = (SETTINGS, *(check.name for check in CHECKS))
LIMIT_S = 15.0
"""How long a check may take."""


def diagnosed(only: Collection[str] = ()) -> Iterator[tuple[str, Finding]]:
    """Look at the deployment that this process's environment describes.

    Parameters
    ----------
    only
        Names of the checks to make; all if none. One that does not apply here says nothing.

    Yields
    ------
    The name of a check and something that it found; no secrets are in it.
    """
    secrets = known_secrets(os.environ)
    for name, found in _diagnosed(only):
        words, fix = (redacted(text, secrets) for text in (found.words, found.fix))
        yield name, Finding(found.level, words, fix)


def _diagnosed(only: Collection[str]) -> Iterator[tuple[str, Finding]]:
    try:
        deployment = described()
    except SettingsError as error:
        for line in str(error).splitlines():
            yield (
                SETTINGS,
                wrong(line, "Correct or unset it; docs/settings.md lists all variables."),
            )
        return
    if not only or SETTINGS in only:
        yield SETTINGS, Finding("good", "every DANCER_* variable is understood")
    # It takes a small CPU seconds to load Dagster, of which a check would have too few left.
    from dancer_pipeline.defs import in_process  # noqa: F401 - for having it loaded

    failed: set[str] = set()
    for check in CHECKS:
        if only and check.name not in only:
            continue
        for found in _made(check, deployment, failed):
            if found.level == "wrong":
                failed.add(check.name)
            yield check.name, found


def _made(check: Check, deployment: Deployment, failed: Collection[str]) -> list[Finding]:
    if in_the_way := [name for name in check.needs if name in failed]:
        return [unseen(f"not looked at: {in_the_way[0]} must be mended first")]
    found: list[Finding] = []

    def make() -> None:
        try:
            if check.applies(deployment):
                found.extend(check.make(deployment))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            found.append(as_finding(error))

    worker = threading.Thread(target=make, name=check.name, daemon=True)
    worker.start()
    worker.join(LIMIT_S)
    if worker.is_alive():
        return [wrong(f"no answer within {LIMIT_S:.0f} s", REACH)]
    return found
