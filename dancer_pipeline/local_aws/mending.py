"""How a behaviour of moto is replaced: by a function of the same name, in the same place."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def mends(owner: Any) -> Callable[[F], F]:
    """Put a function in the place of that of the same name in a class or module of moto.

    Raises
    ------
    AttributeError
        Moto has none of that name any more: this version of it needs to be looked at anew.
    """

    def replace(function: F) -> F:
        getattr(owner, function.__name__)
        setattr(owner, function.__name__, function)
        return function

    return replace
