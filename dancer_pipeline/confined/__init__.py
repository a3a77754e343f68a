"""Child processes that do one thing each to strangers' files, with limits and without secrets."""
