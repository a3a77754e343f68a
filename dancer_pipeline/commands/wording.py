"""Other people's words on a screen."""


def visible(text: str) -> str:
    """Escape what could move the cursor, hide text or pass for another line."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
