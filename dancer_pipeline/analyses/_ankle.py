"""What every angle of an ankle from one camera has to say of itself."""

ANKLE_DOUBT = {
    "known_bias": (
        "A pose model marks heel and toes too roughly for an ankle's angle: even two cameras are "
        "21 to 26 degrees off. Compare it with your own videos only."
    )
}
"""One code and its advice. Source: two tablets against a motion laboratory, 2025; a walk's ankle
differed by 7 degrees in Stenum et al. 2021."""
