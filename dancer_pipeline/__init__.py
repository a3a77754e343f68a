"""Turns every uploaded movement video into keypoints, metrics, findings and a report."""

__version__ = "0.1.0"
