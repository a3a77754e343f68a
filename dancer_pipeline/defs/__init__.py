"""Dagster: partitions, assets, checks, sensors and jobs around the domain."""
