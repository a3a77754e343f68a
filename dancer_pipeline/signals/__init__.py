"""Signals from keypoints: tracks, cleaning, filters and geometry, one copy for every analysis."""
