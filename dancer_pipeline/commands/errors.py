"""What may go wrong on the command line."""


class CommandError(Exception):
    """It cannot go on; the message says why and what to do."""
