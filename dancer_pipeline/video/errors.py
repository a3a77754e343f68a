"""Why a video can never be analysed: one sentence for the person who uploaded it."""


class BadVideo(Exception):  # noqa: N818 - it names the thing, as FileNotFoundError does
    """The video itself is at fault; trying again cannot help. The message says what to do."""
