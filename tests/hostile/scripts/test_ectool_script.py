"""The scripts that hand secrets to ectool, run by real shells on a terminal."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from audit.cloudbees.reentry import ectool_script
from reports.reentry import reentry_lists
from reports.schema import REENTRY
from tests.hostile.scripts.stubs import Stubs, write_stubs
from tests.hostile.scripts.terminal import Session, run_on_terminal
from tests.reports.example_run import GUIDES, HOSTILE_NAMES, example_run
from tests.support.programs import need

ASK = "secret (nothing: other choices): "
CHOOSE = "again (a), several lines (m), skip (s), stop (q)? "
LINES = "then one with a single dot:\r\n"
SECRET = "pl4nted $(touch attacked) `id` \\n %s ' \" é"
PEM = "-----BEGIN KEY-----\nMARKER0123\nabc=\n-----END KEY-----\n"

HOSTILE = (
    *HOSTILE_NAMES,
    "a'b\"c\\d",
    "`touch attacked`;$(touch attacked)&&touch attacked|touch attacked>attacked",
    "'; touch attacked; '",
    "\n touch attacked\n",
    "\\",
    "-n",
    "%s%n",
    "*",
    "~root $HOME !!",
    "\x01\x7f\x81\x88 Á密ÿ",
    "  spaces  ",
)


@pytest.fixture(params=["bash", "dash"])
def shell(request: pytest.FixtureRequest) -> str:
    return need(request.param)


@pytest.fixture
def stubs(tmp_path: Path) -> Stubs:
    return write_stubs(tmp_path / "bin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "lists"
    made.mkdir()
    return made


def listed(*names: str, kind: str = "credential", project: str = "P") -> pl.DataFrame:
    rows = [dict.fromkeys(REENTRY.names(), "") for _ in names]
    for name, row in zip(names, rows, strict=True):
        row |= {"system": "cloudbees-cd", "kind": kind, "project": project, "name": name}
        row |= {"user_name": f"user of {name}", "location": f"/projects/{project}/credentials/{name}"}
    return pl.DataFrame(rows, schema=REENTRY)


def run(
    shell: str,
    stubs: Stubs,
    folder: Path,
    rows: pl.DataFrame,
    answers: Sequence[tuple[str, str]],
    **env: str,
) -> Session:
    script = folder / "team.sh"
    script.write_text(ectool_script("A team", "team", rows))
    return run_on_terminal([shell, script], answers, os.environ | {"PATH": stubs.path} | env, folder)


def log_of(folder: Path) -> list[list[str]]:
    """Result and location of each line."""
    lines = [line.split("\t") for line in (folder / "team.log").read_text().splitlines()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", line[0]) for line in lines)
    return [line[1:] for line in lines]


def test_secret_goes_to_standard_input_alone(shell: str, stubs: Stubs, folder: Path) -> None:
    """It reaches ectool byte for byte, and is in no argument, environment, file or on the screen."""
    ended = run(shell, stubs, folder, listed("C"), [(ASK, f"{SECRET}\n")])
    assert (ended.code, ended.echo) == (0, True)
    (call,) = stubs.calls()
    assert call.stdin == SECRET.encode()
    assert call.arguments == [
        b"modifyCredential", b"--projectName", b"P", b"--credentialName", b"C", b"--password",
    ]  # fmt: skip
    assert "1 entered, 0 failed, 0 skipped, 0 for the web page, of 1" in ended.screen
    assert "/projects/P/credentials/C (user user of C)" in ended.screen
    assert "pl4nted" not in ended.screen
    assert b"modifyCredential" in call.shown  # the processes were looked at
    assert b"pl4nted" not in call.shown
    assert {path.name for path in folder.iterdir()} == {"team.sh", "team.log"}
    assert log_of(folder) == [["entered", "/projects/P/credentials/C"]]
    assert (folder / "team.log").stat().st_mode & 0o777 == 0o600
    assert "pl4nted" not in (folder / "team.log").read_text()


def test_terminal_on_standard_input_alone(shell: str, stubs: Stubs, folder: Path) -> None:
    """Where the session has no terminal, the one on standard input is asked; ectool does not get it."""
    script = folder / "team.sh"
    script.write_text(ectool_script("A team", "team", listed("C")))
    env = os.environ | {"PATH": stubs.path}
    ended = run_on_terminal([shell, script], [(ASK, f"{SECRET}\n")], env, folder, of_session=False)
    assert (ended.code, ended.echo) == (0, True)
    assert [call.stdin for call in stubs.calls()] == [SECRET.encode()]
    assert "pl4nted" not in ended.screen


def test_settings_of_the_shell_do_not_show_it(shell: str, stubs: Stubs, folder: Path) -> None:
    """Neither tracing, nor exporting all variables, nor variables of the same names in the environment."""
    script = folder / "team.sh"
    script.write_text(ectool_script("A team", "team", listed("C")))
    names = ("secret", "line", "answer", "output", "rest", "newline")
    env = os.environ | {"PATH": stubs.path} | dict.fromkeys(names, "inherited")
    ended = run_on_terminal([shell, "-aevx", script], [(ASK, f"{SECRET}\n")], env, folder)
    (call,) = stubs.calls()
    assert (ended.code, call.stdin) == (0, SECRET.encode())
    assert b"pl4nted" not in call.shown
    assert "pl4nted" not in ended.screen


def test_hostile_names_are_inert(shell: str, stubs: Stubs, folder: Path) -> None:
    """Each arrives as one argument, byte for byte; nothing else runs, nothing acts on the terminal."""
    names = [name for name in HOSTILE if not name.startswith("--")]
    rows = listed(*names).with_columns(project=pl.Series(names))
    ended = run(shell, stubs, folder, rows, [(ASK, "s\n")] * rows.height)
    assert ended.code == 0
    assert [call.arguments for call in stubs.calls()] == [
        [b"modifyCredential", b"--projectName", given, b"--credentialName", given, b"--password"]
        for given in map(str.encode, names)
    ]
    assert {path.name for path in folder.iterdir()} == {"team.sh", "team.log"}
    assert "\x1b" not in ended.screen
    assert "\u202e" not in ended.screen
    assert len(log_of(folder)) == rows.height


def test_hostile_names_of_other_kinds_are_inert(shell: str, stubs: Stubs, folder: Path) -> None:
    """So do users, directories, mail configurations, the insight server's user, and plug-ins' paths."""
    name = "".join(HOSTILE).replace("\0", "")
    kinds = ("user", "directory-provider", "email-config", "devops-insight")
    others = pl.concat([listed(name, kind=kind) for kind in kinds]).with_columns(user_name=pl.lit(name))
    path = f"/plugins/{name}/project"
    plugin = listed(name).with_columns(location=pl.lit(f"{path}/credentials/{name}"))
    ended = run(shell, stubs, folder, pl.concat([others, plugin]), [(ASK, "s\n")] * 5)
    assert ended.code == 0
    given = name.encode()
    assert [call.arguments for call in stubs.calls()] == [
        [b"modifyUser", given, b"--password"],
        [b"modifyDirectoryProvider", given, b"--managerPassword"],
        [b"modifyEmailConfig", given, b"--mailUserPassword"],
        [b"setDevOpsInsightServerConfiguration", b"--userName", given, b"--password"],
        [b"modifyCredential", path.encode(), given, b"--password"],
    ]
    assert not (folder / "attacked").exists()


def test_what_ectool_cannot_take(shell: str, stubs: Stubs, folder: Path) -> None:
    """A name with two dashes in front, or of an unknown kind: the web page is named, ectool is not called."""
    rows = pl.concat([listed("--password", "nul\0byte"), listed("x", kind="something-new")])
    ended = run(shell, stubs, folder, rows, [])
    assert (ended.code, stubs.calls()) == (10, [])
    assert "On the web page: open the project, its credentials, this one" in ended.screen
    assert "0 entered, 0 failed, 0 skipped, 3 for the web page, of 3" in ended.screen
    assert [result for result, _ in log_of(folder)] == ["for the web page"] * 3


def test_empty_asks_again_and_failures_do_not_end_it(shell: str, stubs: Stubs, folder: Path) -> None:
    """Nothing entered: choices; skipped ones are skipped; after a failure the next one is asked for."""
    answers = [
        (ASK, "\n"), (CHOOSE, "a\n"), (ASK, "first\n"),
        (ASK, "refused\n"),
        (ASK, "repeated\n"),
        (ASK, "\n"), (CHOOSE, "what\n"), (ASK, "\n"), (CHOOSE, "s\n"),
        (ASK, "last\n"),
    ]  # fmt: skip
    ended = run(shell, stubs, folder, listed("a", "b", "c", "d", "e"), answers)
    assert ended.code == 10
    assert [call.stdin for call in stubs.calls()] == [b"first", b"refused", b"repeated", b"last"]
    results = ["entered", "failed (4)", "failed (1)", "skipped", "entered"]
    assert [result for result, _ in log_of(folder)] == results
    assert "2 entered, 2 failed, 1 skipped, 0 for the web page, of 5" in ended.screen
    assert "error: [2Jnot allowed" in ended.screen  # without the escape
    assert "bad password" not in ended.screen


@pytest.mark.parametrize(
    ("answers", "code"),
    [([(ASK, "\n"), (CHOOSE, "q\n")], 10), ([(ASK, "\x04")], 10), ([(ASK, "half\x03")], 130)],
    ids=["q", "end of input", "Ctrl-C"],
)
def test_stopping(shell: str, stubs: Stubs, folder: Path, answers: list[tuple[str, str]], code: int) -> None:
    """Whichever way: the summary is shown, the log says where, and the terminal shows typing again."""
    ended = run(shell, stubs, folder, listed("a", "b", "c"), [(ASK, "one\n"), *answers])
    assert (ended.code, ended.echo) == (code, True)
    assert "1 entered, 0 failed, 0 skipped, 0 for the web page, of 3" in ended.screen
    assert [result for result, _ in log_of(folder)] == ["entered", "stopped"]
    assert "half" not in ended.screen


def test_a_pasted_key_goes_through_perl(shell: str, stubs: Stubs, folder: Path) -> None:
    """A PEM block is taken whole, its last line break too; so are lines up to a dot, names as they are."""
    need("perl")
    name = HOSTILE[-2]
    answers = [
        (ASK, PEM),
        (ASK, "\n"), (CHOOSE, "m\n"), (LINES, 'one\n\n{"two": "ü"}\n.\n'),
        (ASK, "\n"), (CHOOSE, "m\n"), (LINES, "only one\n.\n"),
    ]  # fmt: skip
    rows = listed("key", name, "C")
    plugin = listed("cfg").with_columns(location=pl.lit("/plugins/X/project/credentials/cfg"))
    ended = run(shell, stubs, folder, pl.concat([rows, plugin]), [*answers, (ASK, PEM)])
    assert ended.code == 0
    assert stubs.perl_calls() == [
        [b"P", b"key", PEM.encode()],
        [b"P", name.encode(), 'one\n\n{"two": "ü"}\n'.encode()],
        [b"/plugins/X/project", b"cfg", PEM.encode()],
    ]
    assert [call.stdin for call in stubs.calls()] == [b"only one"]
    assert "MARKER" not in ended.screen


def test_more_than_was_asked_for_is_never_the_next_answer(shell: str, stubs: Stubs, folder: Path) -> None:
    """Lines pasted where one is asked for are all dropped, and not shown."""
    answers = [(ASK, "MARKER1\nMARKER2\nMARK"), (CHOOSE, "s\n"), (ASK, "right\n")]
    ended = run(shell, stubs, folder, listed("a", "b"), answers)
    assert [call.stdin for call in stubs.calls()] == [b"right"]
    assert "MARK" not in ended.screen


def test_several_lines_where_ectool_has_one(shell: str, stubs: Stubs, folder: Path) -> None:
    """Only credentials can have several lines: the others fail with a reason, and nothing is called."""
    ended = run(shell, stubs, folder, listed("a", kind="user"), [(ASK, PEM)])
    assert (ended.code, stubs.calls(), stubs.perl_calls()) == (10, [], [])
    assert "only credentials can have several lines" in ended.screen


@pytest.mark.parametrize(("length", "taken"), [(4000, True), (4093, True), (4094, False), (6000, False)])
def test_lines_that_a_terminal_cuts(shell: str, stubs: Stubs, folder: Path, length: int, taken: bool) -> None:
    """A secret as long as a terminal's line may have been cut: it is refused, never entered short."""
    end = [] if taken else [(CHOOSE, "s\n")]
    run(shell, stubs, folder, listed("a"), [(ASK, "x" * length + "\n"), *end])
    assert [call.stdin for call in stubs.calls()] == ([b"x" * length] if taken else [])


def test_without_terminal_or_ectool_nothing_starts(shell: str, stubs: Stubs, folder: Path) -> None:
    """One line says why, and there is no log."""
    script = folder / "team.sh"
    script.write_text(ectool_script("A team", "team", listed("a")))
    for path, why in ((stubs.path, "no terminal"), (os.environ["PATH"], "ectool is not on the PATH")):
        done = subprocess.run(
            [shell, script],
            env={"PATH": path},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, b"")
        assert re.fullmatch(rf"error: .*{why}.*\n", done.stderr.decode())
    assert not (folder / "team.log").exists()


def test_a_log_that_is_a_link_is_refused(shell: str, stubs: Stubs, folder: Path, tmp_path: Path) -> None:
    """Nothing is written through it."""
    (folder / "team.log").symlink_to(tmp_path / "elsewhere")
    ended = run(shell, stubs, folder, listed("a"), [])
    assert (ended.code, stubs.calls()) == (1, [])
    assert not (tmp_path / "elsewhere").exists()


def test_every_script_of_a_run_parses(shell: str, tmp_path: Path) -> None:
    """The shells read every team's script of an estate full of hostile names, and it is text."""
    credentials = example_run(300).credentials.with_columns(action=pl.lit("re-enter"))
    for number, (team, rows) in enumerate(reentry_lists(credentials, GUIDES).items()):
        script = tmp_path / f"{number}.sh"
        script.write_text(ectool_script(team, "team", rows))
        subprocess.run([shell, "-n", script], check=True)
