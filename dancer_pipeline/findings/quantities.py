"""Numbers in words: how a value and its unit read in a sentence. No locale, no markup."""

import math

_SUFFIXES = {
    "deg": "°",
    "px": " px",
    "s": " s",
    "hz": " Hz",
    "m": " m",
    "m2": " m²",
    "bpm": " beats per minute",
    "1/min": " per minute",
    "steps/min": " steps/min",
    "torso/s": " trunk lengths/s",
    "torsos/s": " trunk lengths/s",
    "% torso": " % of the trunk's length",
    "widths/s": " % of the width a second",
    "percent/repetition": " % per repetition",
    **dict.fromkeys(("share", "fraction", "percent", "%"), " %"),
    **dict.fromkeys(("ratio", "1", "", "count", "score", "steps"), ""),
}
"""What follows the number; a unit that is not listed follows as it is."""

_HUNDREDTHS = {"share", "fraction", "widths/s"}
_PERCENT = {"share", "fraction", "percent", "%"}
_WHOLE = {"deg", "count", "px", "steps", "% torso"}


def in_words(value: float | None, unit: str) -> str:
    """Write a value the way a person reads it: `12°`, `43 %`, `1.25 s`; a dash for none."""
    if value is None or not math.isfinite(value):
        return "—"
    return _number(value, unit) + _suffix(unit)


def between(low: float, high: float, unit: str) -> str:
    """Write a range with its unit once: `96 to 100 steps/min`; degrees stand at both."""
    if unit == "deg":
        return f"{in_words(low, unit)} to {in_words(high, unit)}"
    return f"{in_column(low, unit).removesuffix(_suffix(unit))} to {in_column(high, unit)}"


def in_column(value: float | None, unit: str) -> str:
    """Write a value among others of its kind: seconds below ten always with two decimals."""
    if unit == "s" and value is not None and abs(value) < 10:
        return f"{value + 0.0:.2f} s"
    return in_words(value, unit)


def _number(value: float, unit: str) -> str:
    value = 100 * value if unit in _HUNDREDTHS else value
    if unit in _PERCENT:
        return _share(value)
    if unit == "widths/s" and 0 < value < 0.01:
        return "under 0.01"
    return str(round(value)) if unit in _WHOLE else _short(value)


def _suffix(unit: str) -> str:
    return _SUFFIXES.get(unit, f" {unit}")


def _share(percent: float) -> str:
    """Never round something to nothing, nor most to all."""
    if 0 < percent < 1:
        return "under 1"
    if 99 < percent < 100:
        return "over 99"
    return str(round(percent))


def _short(value: float) -> str:
    if value and not 0.001 <= abs(value) < 1e6:
        return f"{value:.2g}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value + 0.0:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
