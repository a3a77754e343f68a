"""Table schemas: each is declared once, beside the code that makes the table.

The writer, the gate, the Dagster UI and the documentation all read the same declaration.
Nothing about storage belongs here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

LABEL = pa.dictionary(pa.int16(), pa.string())
"""A string drawn from a small set, stored once and referred to by number."""


class SchemaError(ValueError):
    """A table does not have the columns or the types that its declaration promises."""


@dataclass(frozen=True)
class Column:
    """One column: its name ends in its unit (`_s`, `_hz`, `_deg`, `_px`, `_m`) where it has one."""

    name: str
    type: pa.DataType
    description: str
    nullable: bool = False

    @property
    def field(self) -> pa.Field:
        """The column as pyarrow sees it, with its description as metadata."""
        return pa.field(
            self.name, self.type, self.nullable, metadata={"description": self.description}
        )


@dataclass(frozen=True)
class Table:
    """A table's declaration: what a row is, and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The pyarrow schema, with the table's and the columns' descriptions as metadata."""
        return pa.schema(
            [column.field for column in self.columns],
            metadata={"table": self.name, "description": self.description},
        )

    def arrow(self, frame: pd.DataFrame) -> pa.Table:
        """Convert a frame to this table.

        Raises
        ------
        SchemaError
            Naming the missing or unexpected columns, the wrong type, or the column with a null.
        """
        self._check_names(frame)
        try:
            table = pa.Table.from_pandas(frame, schema=self.schema, preserve_index=False)
        except (ValueError, TypeError) as error:  # pyarrow raises both kinds
            raise SchemaError(f"{self.name}: {'; '.join(map(str, error.args))}") from error
        for column in self.columns:
            if not column.nullable and table[column.name].null_count:
                raise SchemaError(f"{self.name}: column {column.name} has nulls")
        return table.replace_schema_metadata(self.schema.metadata)

    def frame(self, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
        """Build a frame of this table from rows; no rows give an empty frame with all columns."""
        frame: pd.DataFrame = pa.Table.from_pylist(list(rows), schema=self.schema).to_pandas()
        return frame

    def _check_names(self, frame: pd.DataFrame) -> None:
        expected, given = {column.name for column in self.columns}, set(frame.columns)
        if expected != given:
            missing, extra = sorted(expected - given), sorted(given - expected)
            raise SchemaError(f"{self.name}: missing columns {missing}, unexpected {extra}")
