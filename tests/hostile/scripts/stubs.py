"""An `ectool` and an `ec-perl` that record what reaches them, and what other processes show meanwhile."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ECTOOL: Final = """\
#!{python} -IS
import glob, json, os, sys
secret = sys.stdin.buffer.read()
shown = b""
for process in glob.glob("/proc/[0-9]*"):
    try:
        if os.getsid(int(process[6:])) == os.getsid(0):
            for name in ("cmdline", "environ"):
                with open(process + "/" + name, "rb") as file:
                    shown += file.read() + bytes(1)
    except OSError:
        pass
arguments = [os.fsencode(each).hex() for each in sys.argv[1:]]
with open({record!r}, "a") as file:
    file.write(json.dumps([arguments, secret.hex(), shown.hex()]) + chr(10))
if b"refused" in secret:
    sys.stderr.write("error: \\x1b[2Jnot allowed" + chr(10))
    sys.exit(4)
if b"repeated" in secret:
    sys.stderr.write("bad password " + secret.decode() + chr(10))
    sys.exit(1)
"""

_EC_PERL: Final = """\
#!/bin/sh
export PERL5LIB={folder}
exec perl "$@"
"""

# As the vendor's module is called: names by position, then a hash of further arguments; text, not bytes.
_MODULE: Final = """\
package ElectricCommander;
use Encode qw(encode);
sub new { return bless {}, shift }
sub modifyCredential {
    my ($self, $project, $name, $further) = @_;
    die "only text and a password" if @_ != 4 || join(",", keys %$further) ne "password";
    open my $file, ">>", "RECORD" or die;
    my @given = ($project, $name, $further->{password});
    print $file join(" ", map { unpack("H*", encode("UTF-8", $_)) } @given), "\\n";
}
1;
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of `ectool`: its arguments, its standard input, and what the session's processes showed."""

    arguments: list[bytes]
    stdin: bytes
    shown: bytes


@dataclass(frozen=True, slots=True)
class Stubs:
    """The stubs in a folder of their own."""

    folder: Path

    @property
    def path(self) -> str:
        """`PATH` with the stubs in front."""
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    def calls(self) -> list[Call]:
        """What `ectool` was called with."""
        record = self.folder / "ectool.jsonl"
        lines = record.read_text().splitlines() if record.exists() else []
        return [
            Call([bytes.fromhex(each) for each in arguments], bytes.fromhex(stdin), bytes.fromhex(shown))
            for arguments, stdin, shown in map(json.loads, lines)
        ]

    def perl_calls(self) -> list[list[bytes]]:
        """Project, name and password of each call through `ec-perl`."""
        record = self.folder / "perl.txt"
        lines = record.read_text().splitlines() if record.exists() else []
        return [[bytes.fromhex(each) for each in line.split(" ")] for line in lines]


def write_stubs(folder: Path) -> Stubs:
    """Both programs, ready to run."""
    folder.mkdir()
    _program(folder / "ectool", _ECTOOL.format(python=sys.executable, record=str(folder / "ectool.jsonl")))
    _program(folder / "ec-perl", _EC_PERL.format(folder=folder))
    (folder / "ElectricCommander.pm").write_text(_MODULE.replace("RECORD", str(folder / "perl.txt")))
    return Stubs(folder)


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o700)
