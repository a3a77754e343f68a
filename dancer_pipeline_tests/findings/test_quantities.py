"""How numbers read in a sentence."""

import pytest

from dancer_pipeline.findings.quantities import between, in_words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (12.4, "deg", "12°"),
        (0.43, "share", "43 %"),
        (0.0, "share", "0 %"),
        (0.004, "share", "under 1 %"),
        (0.996, "share", "over 99 %"),
        (1.0, "share", "100 %"),
        (6.2, "percent", "6 %"),
        (1.25, "s", "1.25 s"),
        (29.97, "hz", "30 Hz"),
        (98.24, "steps/min", "98.2 steps/min"),
        (0.931, "ratio", "0.93"),
        (0.00012, "ratio", "0.00012"),
        (-0.0, "ratio", "0"),
        (8.0, "count", "8"),
        (0.00026, "widths/s", "0.03 % of the width a second"),
        (4.4e-6, "widths/s", "under 0.01 % of the width a second"),
        (-0.3, "percent", "0 %"),
        (-1.98, "percent/repetition", "-1.98 % per repetition"),
        (54.5, "1/min", "54.5 per minute"),
        (0.62, "torso/s", "0.62 trunk lengths/s"),
        (7.4, "% torso", "7 % of the trunk's length"),
        (12.25, "m2", "12.2 m²"),
        (7.0, "steps", "7"),
        (0.8, "score", "0.8"),
        (1.5, "W/kg", "1.5 W/kg"),
        (None, "deg", "—"),
        (float("nan"), "deg", "—"),
    ],
)
def test_a_number_reads_as_a_person_writes_it(value: float | None, unit: str, words: str) -> None:
    assert in_words(value, unit) == words


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (95.8, 100.2, "steps/min", "95.8 to 100 steps/min"),
        (-12.0, 4.0, "percent", "-12 to 4 %"),
        (29.0, 63.4, "deg", "29° to 63°"),
        (0.8, 0.9, "ratio", "0.8 to 0.9"),
        (0.6, 1.25, "s", "0.60 to 1.25 s"),
    ],
)
def test_a_range_has_its_unit_once(low: float, high: float, unit: str, words: str) -> None:
    assert between(low, high, unit) == words
