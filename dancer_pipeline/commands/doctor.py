"""What `dancer doctor` prints: a line per finding, and below a red one what to do."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.wording import visible
from dancer_pipeline.doctor import NAMES, Finding, diagnosed

MARKS = {"good": ("ok", "green"), "wrong": ("WRONG", "red"), "open": ("?", "yellow")}


def run_doctor(only: Sequence[str], *, is_json: bool, console: Console) -> int:
    """Print what was found, as it is found.

    Returns
    -------
    int
        The exit status: 1 where something is wrong.

    Raises
    ------
    CommandError
        There is no such check.
    """
    if unknown := sorted({*only} - {*NAMES}):
        raise CommandError(f"there is no check {unknown[0]}: {', '.join(NAMES)}")
    found = []
    for name, finding in diagnosed(only):
        found.append((name, finding))
        if not is_json:
            console.print(_line(name, finding), soft_wrap=True)
    levels = [finding.level for _, finding in found]
    if is_json:
        console.print(_document(found), soft_wrap=True, markup=False)
    else:
        console.print(_summary(levels), soft_wrap=True)
    return 1 if "wrong" in levels else 0


def _line(name: str, finding: Finding) -> Text:
    mark, colour = MARKS[finding.level]
    line = Text(f"{mark:<6}", colour)
    line.append(f"{name}: {visible(finding.words)}", colour if finding.level == "wrong" else "")
    if finding.fix:
        line.append(f"\n       -> {visible(finding.fix)}")
    return line


def _summary(levels: Sequence[str]) -> Text:
    wrong, unseen = levels.count("wrong"), levels.count("open")
    parts = [f"{wrong} wrong" if wrong else "nothing is wrong"]
    if unseen:
        parts.append(f"{unseen} not looked at")
    return Text(", ".join(parts), "red" if wrong else "green")


def _document(found: Sequence[tuple[str, Finding]]) -> str:
    rows = [
        {"check": name, "level": it.level, "words": it.words, "fix": it.fix} for name, it in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)
