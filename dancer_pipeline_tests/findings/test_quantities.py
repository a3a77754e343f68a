"""How numbers read in a sentence."""

import pytest

from dancer_pipeline.findings.quantities import in_words


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
        (0.00026, "widths/s", "0.03 % of the picture's width a second"),
        (None, "deg", "—"),
        (float("nan"), "deg", "—"),
    ],
)
def test_a_number_reads_as_a_person_writes_it(value: float | None, unit: str, words: str) -> None:
    assert in_words(value, unit) == words
