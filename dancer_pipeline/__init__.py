"""Turns every uploaded movement video into keypoints, metrics, findings and a report."""
