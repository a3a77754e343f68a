"""The rules file: what is accepted, and how a mistake in it is named."""

from pathlib import Path

import pytest

from dancer_pipeline.findings.entries import RulesError
from dancer_pipeline.findings.rules import read_rules
from dancer_pipeline.options import EXERCISES

GOOD = """
version = "7"
[somebody]
metric = "person_found_share"
at_least = 0.2
[[rule]]
id = "knees"
metric = "knee_flexion_range"
compare = "side_difference"
above = { low = 10, medium = 20 }
grey_band = 5
only_if = [{ metric = "view_yaw", at_most = 30 }]
headline = "The {larger} knee"
text = "{left} and {right}"
cue = "Again."
origin = "Convention."
"""


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path)


def test_the_rules_of_the_package_can_be_read_and_are_versioned() -> None:
    rules = read_rules()

    assert rules.version
    assert len(rules.rules) >= 5
    assert all(rule.cue and rule.origin for rule in rules.rules)


def test_sides_are_compared_only_in_exercises_that_both_do_together() -> None:
    rules = [rule for rule in read_rules().rules if rule.compare == "side_difference"]

    assert rules
    for rule in rules:
        assert set(rule.exercises) <= set(EXERCISES), rule.id
        assert rule.exercises, rule.id
        assert not set(rule.exercises) & {"lunge", "walk", "balance"}, rule.id


def test_where_a_threshold_comes_from_names_nothing_that_readers_do_not_have() -> None:
    for rule in read_rules().rules:
        assert "science" not in rule.origin, rule.id
        assert "section" not in rule.origin, rule.id


def test_a_rules_file_of_a_coach_is_read_as_written(tmp_path: Path) -> None:
    rules = read(tmp_path, GOOD)

    assert rules.version == "7"
    (rule,) = rules.rules
    assert rule.thresholds == (("low", 10.0), ("medium", 20.0))
    assert rule.comparison == "above"
    assert rule.only_if[0].at_most == 30


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("grey_band = 5", 'views = ["above"]', ["rule knees", "views", "frontal"]),
        ("grey_band = 5", 'views = "back"', ["rule knees", "views", "must be a list"]),
        ("medium = 20", "huge = 20", ["rule knees", "info, low, medium, high"]),
        ("medium = 20", "medium = 5", ["rule knees", "further out"]),
        ("medium = 20", 'medium = "20"', ["rule knees", "medium", "not a number"]),
        ("medium = 20", "medium = nan", ["rule knees", "medium", "not a number"]),
        ("above", "over", ["rule knees", "over", "accepted are"]),
        ('"side_difference"', '"sides"', ["rule knees", "'sides'", "side_difference"]),
        ("{larger}", "{bigger}", ["rule knees", "{bigger}", "{larger}"]),
        ("{larger}", "{larger", ["rule knees", "headline"]),
        ('cue = "Again."', "", ["rule knees", "cue", "not empty"]),
        ('cue = "Again."', 'cue = " "', ["rule knees", "cue", "not empty"]),
        ('metric = "knee_flexion_range"', "", ["rule knees", "metric"]),
        ("grey_band = 5", "grey_band = true", ["rule knees", "grey_band", "not a number"]),
        (", at_most = 30", "", ["rule knees", "only_if", "at_least or at_most"]),
        ('version = "7"', "", ["version", "not empty"]),
        ("at_least = 0.2", "", ["somebody", "at_least"]),
        ('id = "knees"', "", ["rule number 1", "id"]),
        ("[[rule]]", "[rule]", ["[[rule]]"]),
        ("[[rule]]", "[[rule]", ["mine.toml", "TOML"]),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_accepted(
    tmp_path: Path, old: str, new: str, named: list[str]
) -> None:
    assert old in GOOD

    with pytest.raises(RulesError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))

    assert "mine.toml" in str(caught.value)
    for word in named:
        assert word in str(caught.value)


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="two rules are called knees"):
        read(tmp_path, GOOD + GOOD[GOOD.index("[[rule]]") :])


def test_a_missing_rules_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"gone\.toml cannot be read"):
        read_rules(tmp_path / "gone.toml")
