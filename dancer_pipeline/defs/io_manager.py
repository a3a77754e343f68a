"""Tables between assets: stored by the result store, for the version that the run is about."""

from collections.abc import Mapping

import dagster as dg
import pandas as pd

from dancer_pipeline.defs.retries import retried
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import row_of
from dancer_pipeline.tables import Table

MAY_BE_ABSENT = "may_be_absent"
"""Metadata of an input that is read as an empty table where none is stored."""


class TableIOManager(dg.IOManager):
    """Stores an asset's frame as the table of the asset's name.

    Parameters
    ----------
    stores
        Where the ledger and the results are.
    tables
        Every table's declaration by name.
    """

    def __init__(self, stores: Stores, tables: Mapping[str, Table]) -> None:
        self._stores = stores
        self._tables = tables

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        """Write the table; tell the UI how many rows and which columns it has, and where it is."""
        with retried(context.step_context.previous_attempt_count):
            self._write(context, obj)

    def _write(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        table = self._tables[context.asset_key.path[-1]]
        row = row_of(self._stores, context.asset_partition_key, context.step_context.dagster_run)
        written = self._stores.results.write_table(
            table,
            obj,
            row,
            run_id=context.run_id,
            code_version=context.asset_spec.code_version or "",
        )
        context.add_output_metadata(
            {
                "dagster/row_count": len(obj),
                "stored_in": dg.MetadataValue.path(written.uri),
                "size_bytes": written.result.size_bytes,
                "version": row.version,
            }
        )

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        """Read the table of the same video and version."""
        with retried(context.step_context.previous_attempt_count):
            return self._read(context)

    def _read(self, context: dg.InputContext) -> pd.DataFrame:
        row = row_of(self._stores, context.asset_partition_key, context.step_context.dagster_run)
        name = context.asset_key.path[-1]
        try:
            return self._stores.results.read_table(name, row.video_id, row.version)
        except FileNotFoundError as error:
            if (context.definition_metadata or {}).get(MAY_BE_ABSENT):
                return self._tables[name].frame()
            raise dg.Failure(
                f"{name} is not stored for this version of the video: materialize {name} first",
                allow_retries=False,
            ) from error
