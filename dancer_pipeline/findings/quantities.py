"""Numbers in words: how a value and its unit read in a sentence. No locale, no markup."""

import math

_SYMBOLS = {
    "deg": "°",
    "px": " px",
    "s": " s",
    "hz": " Hz",
    "m": " m",
    "bpm": " bpm",
    "count": "",
}
_SHARES = {"share", "fraction"}


def in_words(value: float | None, unit: str) -> str:
    """Write a value the way a person reads it: `12°`, `43 %`, `1.25 s`; a dash for none."""
    if value is None or not math.isfinite(value):
        return "—"
    if unit in _SHARES:
        return f"{_share(100 * value)} %"
    if unit in {"percent", "%"}:
        return f"{_share(value)} %"
    if unit == "widths/s":
        return f"{_short(100 * value)} % of the picture's width a second"
    number = f"{value:.0f}" if unit in {"deg", "count", "px"} else _short(value)
    return number + _SYMBOLS.get(unit, "" if unit in {"ratio", "1", ""} else f" {unit}")


def _share(percent: float) -> str:
    """Never round something to nothing, nor most to all."""
    if 0 < percent < 1:
        return "under 1"
    if 99 < percent < 100:
        return "over 99"
    return f"{percent:.0f}"


def _short(value: float) -> str:
    if value and not 0.001 <= abs(value) < 1e6:
        return f"{value:.2g}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value + 0.0:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
