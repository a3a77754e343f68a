from importlib.resources import files
from pathlib import Path

import pytest

from dancer_pipeline.findings.advice import LEVELS, read_advice
from dancer_pipeline.findings.entries import RulesError

OWN = (files("dancer_pipeline.findings") / "rules.toml").read_text(encoding="utf-8")


def finding(drill: str | None, cue: str = "Slowly.") -> dict[str, str | None]:
    return {"drill": drill, "cue": cue}


@pytest.mark.parametrize(
    ("severities", "is_measured", "level"),
    [
        (["low", "high", "info"], True, "high"),
        (["info"], True, "info"),
        ([], True, "none"),
        (["high"], False, "not_measured"),
    ],
)
def test_the_worst_finding_gives_the_level(
    severities: list[str], level: str, *, is_measured: bool
) -> None:
    assert read_advice().level(severities, is_measured=is_measured).name == level


def test_there_are_words_for_every_level() -> None:
    assert set(read_advice().levels) == set(LEVELS)


def test_a_week_practises_the_first_finding_most_and_ends_with_a_film() -> None:
    plan = read_advice().plan([finding("Drill A."), finding(None, "Cue B."), finding("Drill C.")])
    assert len(plan) == 7
    assert sum("Drill A." in day for day in plan) == 2
    assert sum("Cue B." in day for day in plan) == 1
    assert sum("Drill C." in day for day in plan) == 1
    assert "film" in plan[-1]


def test_one_finding_takes_the_days_of_the_others() -> None:
    assert sum("Drill A." in day for day in read_advice().plan([finding("Drill A.")])) == 4


def test_the_same_drill_is_not_practised_twice_over() -> None:
    twice = read_advice().plan([finding("Drill A."), finding("Drill A."), finding("Drill B.")])
    assert sum("Drill B." in day for day in twice) == 1


def test_without_findings_there_is_nothing_to_practise() -> None:
    assert read_advice().plan([]) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"{second}"', '"{fourth}"'), "{first}, {second}, {third}"),
        (('name = "none"', 'name = "nothing"'), "'nothing' is not accepted"),
        (("with_drill =", "with_drills ="), "with_drills"),
        (('title = "Solid"', 'title = ""'), "title"),
        (('with_drill = "{drill}', 'with_drill = "{drill.x}'), "with_drill"),
    ],
)
def test_a_mistake_in_the_file_is_named(change: tuple[str, str], told: str, tmp_path: Path) -> None:
    assert change[0] in OWN
    path = tmp_path / "rules.toml"
    path.write_text(OWN.replace(*change), encoding="utf-8")
    with pytest.raises(RulesError, match=r"rules\.toml") as error:
        read_advice(path)
    assert told in str(error.value)
