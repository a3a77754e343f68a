"""Few analyses, for tests that are about the flow of videos and not about what is measured."""

FEW_ANALYSES = "range_of_motion,recording_quality"
"""As `DANCER_ONLY_ANALYSES` takes them; they come with the two that they read."""
