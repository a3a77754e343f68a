"""Versioned rules that turn metrics into findings."""

from dancer_pipeline.findings.assessment import FINDINGS, findings

__all__ = ["FINDINGS", "findings"]
