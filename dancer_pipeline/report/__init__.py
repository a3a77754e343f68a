"""The report: one self-contained page and one JSON document."""

from dancer_pipeline.report.making import make_report
from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.page import Report

__all__ = ["Report", "key_moments", "make_report"]
