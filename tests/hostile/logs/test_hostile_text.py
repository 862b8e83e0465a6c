"""Text that no log should hold, and that logs do hold."""

import subprocess
import sys
import textwrap
import time

import pytest

from parsers.logs.leaf_reading import LeafReader, LeafReading
from parsers.logs.phrases import DEFAULT
from parsers.logs.search import Bounds
from tests.parsers.logs.streams import leaf

HEAD = "2021-03-04T05:06:07.089 | n1 | WARN  | T-1 |  |  |  | C | "
MANY = 250_000
HIT = HEAD + "Can not decrypt user 'u'"


def read(data: bytes) -> LeafReading:
    return LeafReader(DEFAULT).read(leaf(data))


def lines_and_subjects(data: bytes) -> list[tuple[int, str]]:
    return [(found.line or 0, found.subject) for found in read(data).findings]


@pytest.mark.parametrize(
    "name",
    ["\x1b[31mred", "\x1b]8;;http://x\x1b\\link", "\x9b31m", "\u202egnp.exe", "[/x]", "[bold]", "=cmd|' '!A"],
)
def test_control_characters_and_markup_are_data(name: str) -> None:
    """Escapes, marks and markup come through as they are; who shows them cleans them."""
    [found] = read(f'{HEAD}Can not decrypt user "{name}"\n'.encode()).findings
    assert found.subject == name
    assert name in found.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark", "utf-16-be-mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, line_end: str) -> None:
    """The same entries are found on the same lines however the text is written down."""
    text = line_end.join(
        [HEAD + "größe", HIT, "\tat a.B(C)", HEAD + "x", HEAD + "Corrupted credentials: 'ö'", ""]
    )
    match encoding.split("-mark"):
        case [name, ""]:
            data = ("\ufeff" + text).encode(name)
        case _:
            data = text.encode(encoding)
    assert lines_and_subjects(data) == [(2, "u"), (5, "ö")]


def test_broken_utf_16_and_nul() -> None:
    """Half a character, lone surrogates and NUL end nothing."""
    data = "\ufeff".encode("utf-16-le") + (HIT + "\n").encode("utf-16-le") + b"\x00\xd8a\x00\x00"
    assert lines_and_subjects(data) == [(1, "u")]
    assert lines_and_subjects(b"\x00\x00\n\x00" + HIT.encode() + b"\x00\n" + HIT.encode()) == [
        (2, "u"),
        (3, "u"),
    ]


def test_every_byte_before_and_behind_a_phrase() -> None:
    """No byte hides the phrase beside it."""
    for byte in range(256):
        around = bytes([byte])
        assert len(read(HEAD.encode() + around + b"InvalidPasskey" + around).findings) == 1, byte


def test_phrase_at_the_first_and_the_last_byte() -> None:
    """Nothing before it, nothing behind it: still found, once."""
    assert lines_and_subjects(b"Can not decrypt user") == [(1, "")]
    assert lines_and_subjects(b"x\n" * 1000 + b"Can not decrypt user") == [(1001, "")]


@pytest.mark.parametrize("shift", range(-40, 41, 4))
def test_phrase_across_the_border_of_chunks(shift: int) -> None:
    """A phrase that two chunks share is found once, with its line."""
    before = Bounds().chunk - len(HEAD) - 10 + shift
    data = b"y" * (before - 1) + b"\n" + HIT.encode() + b"\n" + HEAD.encode() + b"z\n"
    assert lines_and_subjects(data) == [(2, "u")]


def test_continuation_far_from_its_entry() -> None:
    """A phrase deep in a stack trace belongs to the entry that the trace belongs to."""
    trace = b"\tat a.b.C(C.java:1)\n" * 3000
    data = HEAD.encode() + b"x\n" + HEAD.encode() + b"boom\n" + trace + b"Caused by: BadPaddingException\n"
    [found] = read(data).findings
    assert found.line == 2
    assert found.message.startswith(HEAD + "boom")


def test_forged_entry_keeps_its_position() -> None:
    """A line that pretends to be an entry is one by layout; its position shows where it stands."""
    data = f"{HEAD}user typed: \n{HIT}\n".encode()
    [found] = read(data).findings
    assert (found.source, found.line) == ("commander.log", 2)


def test_phrase_behind_the_cap_of_a_line_is_skipped_and_said_so() -> None:
    """What counts of a line is bounded; what was skipped is counted, and makes the log partly unread."""
    line = 1 << 20
    reading = read(HIT.encode() + b" " + b"x" * line + b"InvalidPasskey\n" + HIT.encode())
    assert [found.kind for found in reading.findings] == ["undecryptable-user"] * 2
    [unread] = reading.unread
    assert unread.partial
    assert unread.reason.startswith(f"{len(HIT) + 1 + 14} bytes of lines")


def test_endless_line_in_flat_memory() -> None:
    """400 MB without a line end, phrases in them, take no more memory than a short log."""
    script = textwrap.dedent("""
        import resource
        from parsers.archives.interface import EntryStream
        from parsers.logs.leaf_reading import LeafReader
        from parsers.logs.phrases import DEFAULT

        class Endless:
            def __init__(self):
                self.left = 400_000_000
                self.pattern = (b"x" * 5000 + b"InvalidPasskey" + b"\\0" * 986) * 100
            def readinto(self, buffer):
                count = min(len(buffer), len(self.pattern), self.left)
                buffer[:count] = self.pattern[:count]
                self.left -= count
                return count
            def close(self):
                pass

        reader = LeafReader(DEFAULT)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        reading = reader.read(EntryStream("x", "", Endless()))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(grown, reading.lines, len(reading.findings), reading.unread[0].reason.split()[0])
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    grown, lines, findings, skipped = map(int, done.stdout.split())
    assert (lines, findings, skipped) == (1, 1, 400_000_000 - (1 << 20))
    assert grown < 24_000, f"{grown} KB"


@pytest.mark.parametrize(
    "tail",
    ["[" * MANY, "'" * MANY, '"' * MANY, "x[name=" + ",b=c" * MANY, "a" * MANY + "9A9", "Aa" * MANY + "!",
     " " * MANY, ", in project " * MANY, "/projects/" * MANY, "a," * MANY, "=" * MANY,
     "%2B" * MANY, "\n" * MANY],
    ids=lambda tail: tail[:12],
)  # fmt: skip
@pytest.mark.parametrize("phrase", ["Corrupted credentials: ", "Can not decrypt user "])
def test_no_text_makes_the_patterns_slow(phrase: str, tail: str) -> None:
    """An entry as long as one can be is read in about a second, whatever it holds."""
    began = time.process_time()
    assert len(read((HEAD + phrase + tail).encode()).findings) == 1
    assert time.process_time() - began < 5
