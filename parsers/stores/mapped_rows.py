"""Rows of a mapped table → the `STORED` frame."""

from typing import Final

import polars as pl

from parsers.stores.mapping import SecretTable
from parsers.stores.schema import STORED

ROW: Final = pl.Schema(
    {
        "key": pl.String,
        "name": pl.String,
        "user_name": pl.String,
        "project_key": pl.String,
        "credential_type": pl.String,
        "modified": pl.String,
        "value": pl.Binary,
        "iv": pl.Binary,
    }
)
"""The roles that a mapped table's columns play; a table need not have them all."""

PROJECTS: Final = pl.Schema({"project_key": pl.String, "project": pl.String})
"""Names of projects by their key, each key once."""


def stored_rows(
    rows: pl.DataFrame, table: SecretTable, projects: pl.DataFrame, *, store: str, key: str
) -> pl.DataFrame:
    """Rows with columns of `ROW` (any of them may be missing), joined to their projects, in the same order.

    Args:
        rows: of the table.
        table: its mapping.
        projects: a `PROJECTS` frame; a row without a match gets the project "".
        store: the store's label.
        key: the name of the column whose values are in `key`; "" if the table has none.
    """
    missing = [pl.lit(None, dtype).alias(role) for role, dtype in ROW.items() if role not in rows.columns]
    joined = rows.with_columns(missing).join(
        _with_paths(projects), on="project_key", how="left", maintain_order="left"
    )
    named = joined.with_columns(
        pl.col("project", "path").fill_null(""),
        pl.lit(table.title).alias("name") if table.name is None else pl.col("name").fill_null(""),
    )
    return named.select(
        pl.lit(table.kind.system).alias("system"),
        pl.lit(table.kind.name).alias("kind"),
        "project",
        "name",
        pl.col("user_name").fill_null(""),
        _location(table.place).alias("location"),
        pl.col("credential_type").fill_null(""),
        pl.col("modified").fill_null(""),
        _or_null("value"),
        _or_null("iv"),
        pl.lit(store).alias("store"),
        _record(table.table, key).alias("record"),
    ).match_to_schema(STORED)


def _with_paths(projects: pl.DataFrame) -> pl.DataFrame:
    """A plug-in's project is named by its path, `/plugins/P/project` or `/plugins/P`."""
    project = pl.col("project")
    path = (
        pl.when(project == "")
        .then(pl.lit(""))
        .when(project.str.starts_with("/plugins/"))
        .then(project.str.strip_suffix("/project") + "/project")
        .otherwise("/projects/" + project)
    )
    return projects.with_columns(path.alias("path"))


def _location(template: str) -> pl.Expr:
    parts: list[pl.Expr] = []
    for index, piece in enumerate(template.split("{project}")):
        parts += [pl.col("path")] * (index > 0)
        for place, literal in enumerate(piece.split("{name}")):
            parts += [pl.col("name")] * (place > 0) + [pl.lit(literal)]
    return pl.concat_str(parts)


def _record(table: str, key: str) -> pl.Expr:
    return pl.lit(f"{table}:{key}=") + pl.col("key").fill_null("") if key else pl.lit(table)


def _or_null(column: str) -> pl.Expr:
    """Databases differ in whether an absent text is null or empty."""
    return pl.when(pl.col(column).bin.size() > 0).then(column).alias(column)
