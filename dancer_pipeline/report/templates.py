"""The pages' templates: what is filled in is escaped, what is not given is an error."""

from functools import cache
from typing import Any


@cache
def template(name: str) -> Any:
    """Read a template; each page fills the blocks of `base.html`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=PackageLoader("dancer_pipeline.report", "."),
    ).get_template(name)  # fmt: skip
