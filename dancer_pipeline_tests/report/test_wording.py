"""That people read words everywhere: nothing any analysis can say is left with the code's name."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.accuracy.material import Tables, analysed, synthetic_tables
from dancer_pipeline import analyses
from dancer_pipeline.analyses import discover
from dancer_pipeline.findings.assessment import findings
from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.findings.rules import read_rules
from dancer_pipeline.metrics import collect
from dancer_pipeline.report.page import report
from dancer_pipeline.synthetic.balance import Balance
from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.dance import Dance
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.racket import Play

SIDE, FRONT = View(yaw_deg=85), View(yaw_deg=0)

SHOWS: dict[str, tuple[Any, ...]] = {
    "walk": ("walk", None, SIDE, "walk"),
    "squat": ("squat", None, FRONT, None),
    "dance": ("dance", Dance(bpm=100), FRONT, "dance"),
    "racket": ("racket", Play(court=Court()), View(yaw_deg=180, distance_m=8), "badminton"),
    "balance": ("balance", Balance(), FRONT, "balance"),
}

CODE = re.compile(r"[a-z]+(_[a-z]+)*")
SNAKE = re.compile(r"\b[a-z]+_[a-z_]+\b")


@cache
def wording() -> dict[str, dict[str, Any]]:
    source = files("dancer_pipeline.report") / "wording.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def shown(name: str) -> Tables:
    movement, plan, view, exercise = SHOWS[name]
    performance: Performance = perform(movement, seed=4, plan=plan, view=view)
    metadata = {"exercise": exercise} if exercise else {}
    tables = analysed(synthetic_tables(performance, noise_seed=4, metadata=metadata))
    versions = {one.name: one.method_version for one in discover().values() if one.is_metrics}
    metrics = collect(tables, versions)
    found = findings(
        metrics, tables["camera_view"], tables["repetition_form"], tables["repetitions"]
    )
    return {**tables, "pose_metrics": metrics, "findings": found}


def every_metric() -> pd.DataFrame:
    return pd.concat([shown(name)["pose_metrics"] for name in SHOWS])


def test_every_metric_measure_and_analysis_has_a_name() -> None:
    metrics = every_metric()
    measures = {one for name in SHOWS for one in shown(name)["repetition_form"]["measure"]}

    assert (set(metrics["metric"]) | measures) - set(wording()["metrics"]) == set()
    assert set(metrics["analysis"]) - set(wording()["analyses"]) == set()


def test_what_rules_hints_and_first_numbers_are_about_has_a_name() -> None:
    named = set(wording()["metrics"])
    first = {one for some in wording()["highlights"].values() for one in some}

    assert {rule.metric for rule in read_rules().rules} - named == set()
    assert set(wording()["hints"]) - named == set()
    assert first - named == set()
    assert set(wording()["highlights"]) <= set(wording()["analyses"])


@pytest.mark.parametrize("name", SHOWS)
def test_every_reason_that_a_table_gives_is_explained(name: str) -> None:
    reasons = {
        code
        for table in shown(name).values()
        if "reasons" in table
        for codes in table["reasons"]
        for code in codes
    }

    assert reasons - set(wording()["reasons"]) == set()


def test_every_reason_in_the_code_of_the_analyses_is_explained() -> None:
    """Each stands beside the sentence that explains it: ("too_short", "Only two steps ...")."""
    folder = Path(analyses.__path__[0])
    codes = {code for path in folder.glob("*.py") for code in reasons_in(path.read_text())}

    assert len(codes) > 20
    columns = {"advice"}  # stands beside a sentence, too, where a row is put together
    assert codes - columns - set(wording()["reasons"]) == set()


def reasons_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        pairs: list[tuple[Any, Any]] = []
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            pairs = [(node.elts[0], node.elts[1])]
        elif isinstance(node, ast.Call) and len(node.args) == 2:
            pairs = [(node.args[0], node.args[1])]
        elif isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        for code, advice in pairs:
            text = code.value if isinstance(code, ast.Constant) else None
            if isinstance(text, str) and CODE.fullmatch(text) and is_sentence(advice):
                yield text


def is_sentence(node: Any) -> bool:
    last = node.values[-1] if isinstance(node, ast.JoinedStr) else node
    text = last.value if isinstance(last, ast.Constant) else None
    return isinstance(text, str) and text.endswith((".", ". ")) and " " in text


def test_every_unit_reads_as_words() -> None:
    units = every_metric()["unit"].unique()

    assert len(units) > 8
    for unit in units:
        assert not re.search(r"_|percent|torso|1/|share|ratio|\bdeg\b|m2", in_words(1.5, unit))


@pytest.mark.parametrize("name", ["walk", "squat", "racket"])
def test_no_page_shows_a_name_of_the_code(name: str) -> None:
    tables = {key: table for key, table in shown(name).items() if key != "joint_angles"}

    html = report(tables, title="a.mp4", outcome="complete").html

    text = re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]*>", " ", html, flags=re.S)
    assert SNAKE.findall(text) == []
