"""Takes secrets out of text before anybody keeps it: a log must be safe to hand on.

It goes by the names that secrets are given, by the shapes that they have, and by the values that
the caller knows. What is taken for a secret by mistake is only a gap in a log.
"""

import re
from collections.abc import Iterable, Mapping

GAP = "***"

_NAMES = (
    "secret", "password", "passwd", "pwd", "passphrase", "token", "credential", "signature",
    "authorization", "api[_-]?key", "access[_-]?key", "accesskeyid", "private[_-]?key",
    "sig(?![a-z])",
)  # fmt: skip

# Each quantifier is bounded or stops at its own delimiter, so hostile text costs linear time.
_NAMED = re.compile(
    rf"""(?ix) (?P<name>
        (?: {"|".join(_NAMES)} ) [\w-]{{0,40}} (?: \\*["'] )? \s{{0,3}} [:=] \s{{0,3}}
    )
    (?: (?P<quote> \\*["'] ) (?: (?! (?P=quote) ) [^\r\n] )* (?P=quote) | \\*["']? [^\s"'&,;]+ )"""
)
_SHAPES = (
    re.compile(
        r"(?<=://)(?P<name>[^\s/?#@:]{0,200}:)[^\s/]{1,1000}(?=@)"
    ),  # scheme://user:password@
    re.compile(r"(?i)\b(?P<name>(?:bearer|basic) {1,3})[\w.~+/=-]{8,}"),
    re.compile(r"(?P<name>)\bA(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}\b"),
    re.compile(r"(?P<name>)\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=%_-]{40,}"),  # session tokens of AWS
)

_SHORTEST_KNOWN = 8
"""A shorter value would be found in ordinary words."""


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """Put `***` in place of every secret in a text.

    Parameters
    ----------
    known
        Secrets that this process has been given; see `known_secrets`.
    """
    for secret in known:
        text = text.replace(secret, GAP)
    for shape in (*_SHAPES, _NAMED):
        text = shape.sub(rf"\g<name>{GAP}", text)
    return text


def known_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets among a process's variables, the longest first."""
    named = re.compile(r"(?i)secret|password|token|passwd")
    found = {value for name, value in environment.items() if named.search(name)}
    found |= {
        it[1]
        for url in environment.values()
        for it in re.finditer(r"://[^\s/?#@:]*:([^\s/]+)@", url)
    }
    return tuple(sorted((it for it in found if len(it) >= _SHORTEST_KNOWN), key=len, reverse=True))
