"""The lists of what to enter again, and the folder that they go into."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.errors import UnknownProductError
from reports.product_guide import ProductGuide, TeamFile
from reports.reentry import (
    UNASSIGNED,
    list_names,
    reentry_lists,
    write_reentry_folder,
    write_reentry_lists,
)
from reports.schema import REENTRY
from reports.tables import read_csv
from tests.reports.example_run import GUIDES, example_run

CREDENTIALS = example_run(300).credentials


def test_every_secret_to_enter_again_is_in_one_list() -> None:
    """The lists together are the rows to re-enter, each once, under its team, sorted by where to click."""
    lists = reentry_lists(CREDENTIALS, GUIDES)
    expected = CREDENTIALS.filter(pl.col("action") == "re-enter")
    together = pl.concat(lists.values())
    assert sorted(together["location"]) == sorted(expected["location"])
    assert list(lists) == sorted(lists)
    for team, rows in lists.items():
        assert rows.schema == REENTRY
        assert rows["team"].unique().to_list() == [team]
        assert rows.equals(rows.sort("system", "project", "location", maintain_order=True))
        assert set(rows["done"]) == {""}
    owned = expected.filter(pl.col("owner") == "").height
    assert lists[UNASSIGNED].height == owned > 0


def test_lists_leave_the_rest_of_a_folder_alone(tmp_path: Path) -> None:
    """In a folder of the user's own, other files and its mode stay; lists are private and read back."""
    (tmp_path / "costs.csv").write_text("mine")
    tmp_path.chmod(0o755)
    lists = reentry_lists(CREDENTIALS, GUIDES)
    paths = write_reentry_lists(tmp_path, lists)
    assert sorted(tmp_path.iterdir()) == sorted([*paths, tmp_path / "costs.csv"])
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    for path, rows in zip(paths, lists.values(), strict=True):
        assert path.stat().st_mode & 0o777 == 0o600
        assert read_csv(path.read_bytes(), REENTRY).equals(rows)


def test_nothing_to_enter_gives_no_list() -> None:
    """Without a row to re-enter there is no team and no list."""
    assert reentry_lists(CREDENTIALS.filter(pl.col("action") != "re-enter"), GUIDES) == {}


def test_each_team_gets_what_its_system_needs(tmp_path: Path) -> None:
    """A script for CloudBees CD, steps for Octopus Deploy, both where a team has both; all private."""
    both = CREDENTIALS.with_columns(
        system=pl.when(pl.col("owner") == "Payments").then(pl.lit("octopus")).otherwise("system")
    )
    mixed = pl.concat(
        [both, CREDENTIALS.filter(pl.col("owner") == "../x").with_columns(system=pl.lit("octopus"))]
    )
    write_reentry_folder(tmp_path / "lists", reentry_lists(mixed, GUIDES), GUIDES)
    names = {path.name for path in (tmp_path / "lists").iterdir()}
    assert {"reentry.xlsx", "payments.csv", "payments.txt", "x.csv", "x.sh", "x.txt", "mobile.sh"} <= names
    assert not {"payments.sh", "mobile.txt"} & names
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "lists").iterdir()}
    assert modes == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"lists"}
    systems = read_csv((tmp_path / "lists" / "x.csv").read_bytes(), REENTRY)["system"]
    assert systems.to_list() == sorted(systems)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """File by file, whatever the order of the credentials."""
    write_reentry_folder(tmp_path / "a", reentry_lists(CREDENTIALS, GUIDES), GUIDES)
    write_reentry_folder(tmp_path / "b", reentry_lists(CREDENTIALS.reverse(), GUIDES), GUIDES)
    contents = [{path.name: path.read_bytes() for path in (tmp_path / part).iterdir()} for part in "ab"]
    assert contents[0] == contents[1]


def test_nothing_to_enter(tmp_path: Path) -> None:
    """No workbook without a sheet."""
    write_reentry_folder(tmp_path / "lists", {}, GUIDES)
    assert list((tmp_path / "lists").iterdir()) == []


@settings(deadline=None)
@given(st.lists(st.text(), unique=True))
@example(["../x", "/etc/x", "x", "X", "", ".", "..", "con", "a" * 300, "a" * 301, "payments\x00", "~", "-rf"])
def test_names_are_safe_and_unique(teams: list[str]) -> None:
    """Whatever teams are called: safe characters, never a path or a device, unique without regard to case."""
    names = list_names(teams)
    assert set(names) == set(teams)
    assert len({name.lower() for name in names.values()}) == len(teams)
    for name in names.values():
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,124}", name)
        assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name)


def test_a_plain_name_stays_readable() -> None:
    """A team that nobody clashes with finds its file by its name."""
    names = list_names(["Release Engineering", "Équipe 7", "../x"])
    assert names == {"Release Engineering": "release-engineering", "Équipe 7": "equipe-7", "../x": "x"}


def test_names_that_clash_do_not_depend_on_their_order() -> None:
    """Teams whose names come out alike get the same files in any order."""
    assert list_names(["X", "x", "../x"]) == list_names(["../x", "x", "X"])


def shop(suffix: str) -> ProductGuide:
    """A product's guide that shares nothing with the others'."""
    return ProductGuide(
        title="Shop",
        key="till",
        how_to_reenter=lambda secret: f"ring for {secret.name}",
        sealed_projects=("it closed", "they closed"),
        where_keys_are="Look under the mat.",
        team_file=TeamFile(suffix=suffix, purpose="bells", text=lambda team, name, _: f"{name}: {team}\n"),
    )


def test_a_product_without_a_guide_gets_no_other_ones(tmp_path: Path) -> None:
    """Another product's instructions would send people to the wrong place: it is refused, by name."""
    strange = CREDENTIALS.with_columns(system=pl.lit("shop"))
    with pytest.raises(UnknownProductError, match="'shop'"):
        reentry_lists(strange, GUIDES)
    lists = reentry_lists(strange, {"shop": shop(".txt")})
    with pytest.raises(UnknownProductError, match="'shop'"):
        write_reentry_folder(tmp_path / "lists", lists, GUIDES)
    assert not (tmp_path / "lists").exists()


@pytest.mark.parametrize(("suffix", "name"), [(".txt", "t.txt"), (".sh", "t.shop.sh")])
def test_files_of_two_products_do_not_replace_each_other(suffix: str, name: str, tmp_path: Path) -> None:
    """Where a team has secrets of two products whose files have one suffix, the second is named after it."""
    of_both = pl.concat([CREDENTIALS, CREDENTIALS.with_columns(system=pl.lit("shop"))])
    guides = {**GUIDES, "shop": shop(suffix)}
    lists = reentry_lists(of_both.with_columns(owner=pl.lit("T")), guides)
    write_reentry_folder(tmp_path, lists, guides)
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "reentry.xlsx", "t.sh", name}
    assert (tmp_path / name).read_text() == f"{name.removesuffix(suffix)}: T\n"
    assert "modifyCredential" in (tmp_path / "t.sh").read_text()


def test_a_product_may_have_no_file_but_the_list(tmp_path: Path) -> None:
    """Its instructions stand in the list."""
    guides = {"shop": replace(shop(".txt"), team_file=None)}
    lists = reentry_lists(CREDENTIALS.with_columns(system=pl.lit("shop"), owner=pl.lit("T")), guides)
    write_reentry_folder(tmp_path, lists, guides)
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "reentry.xlsx"}
    assert set(lists["T"]["how_to_reenter"].str.slice(0, 9)) == {"ring for "}
