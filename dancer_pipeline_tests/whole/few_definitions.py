"""The code location with few analyses, for whole deployments that are about the flow of videos."""

import dancer_pipeline.definitions as location
from dancer_pipeline_tests.few import discover_few

location.discover = discover_few

defs = location.defs
