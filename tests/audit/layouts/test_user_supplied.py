"""Layouts from a TOML file."""

from pathlib import Path

import pytest

from audit.cloudbees.layouts import LAYOUTS as CLOUDBEES_CD
from audit.errors import LayoutError
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, with_prefixes
from audit.layouts.user_supplied import SuppliedLayouts, read_layouts, together, write_layouts
from audit.octopus.layouts import LAYOUTS as OCTOPUS

SOLVED = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, prefix=b"v2:", constant_iv=bytes(range(16)))
CBC = 'mode = "cbc"\nkey_form = "raw"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "layouts.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_says_all_of_a_layout(tmp_path: Path) -> None:
    """Every field of a layout can be written down, bytes as hex; without `proven` it is only tried."""
    path = written(
        tmp_path,
        """
        [[layouts]]
        key_form = "sha256-32"
        mode = "gcm"
        iv = "front"
        encoding = "hex"
        prefix = "02ff"
        nonce_size = 16
        """,
    )
    layout = Layout(KeyForm.SHA256_32, Mode.GCM, Iv.FRONT, Encoding.HEX, b"\x02\xff", 16)
    assert read_layouts(path) == SuppliedLayouts(to_try=(layout,))


def test_what_is_saved_reads_back(tmp_path: Path) -> None:
    """Every known layout, behind prefixes too, survives being written and read, and the file is private."""
    everything = with_prefixes(CLOUDBEES_CD, [b"", b"\x01"])
    supplied = SuppliedLayouts(to_try=everything, proven=(SOLVED, *OCTOPUS))
    path = tmp_path / "saved.toml"
    write_layouts(path, supplied)
    assert read_layouts(path) == supplied
    assert path.stat().st_mode & 0o777 == 0o600


def test_proven_layouts_are_added_once() -> None:
    """A layout that was tried and is proven now is listed as proven alone."""
    ecb, front = CLOUDBEES_CD[0], OCTOPUS[0]
    before = SuppliedLayouts(to_try=(ecb, front), proven=(SOLVED,))
    first, second = "a" * 40, "b" * 40
    got = together(before, [(front, first), (front, second), (SOLVED, first)])
    assert got == SuppliedLayouts((ecb,), (SOLVED, front), {front: frozenset({first, second})})
    assert got.is_proven(front, second)
    assert not got.is_proven(front, "c" * 40)
    assert got.is_proven(SOLVED, "c" * 40)  # it was, under whichever key


def test_what_is_proven_under_a_key_is_kept_so(tmp_path: Path) -> None:
    """The file names the key files by their fingerprints, and reads back to the same."""
    front = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
    supplied = together(SuppliedLayouts(), [(front, "a" * 40)])
    write_layouts(tmp_path / "layouts.toml", supplied)
    assert read_layouts(tmp_path / "layouts.toml") == supplied


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("layouts = 3", "layouts: input should be a valid"),
        ("[[layouts]]\n" + CBC, "layouts.0.iv: field required"),
        ('[[layouts]]\niv = "side"\n' + CBC, "layouts.0.iv: input should be 'none'"),
        ('[[layouts]]\niv = "none"\n' + CBC, 'layouts.0: iv = "none" goes with mode = "ecb"'),
        ('[[layouts]]\niv = "zero"\nnonce_size = 12\n' + CBC, "layouts.0: nonce_size goes with gcm alone"),
        ('[[layouts]]\niv = "constant"\nconstant_iv = "00ff"\n' + CBC, "layouts.0: constant_iv is 16 bytes"),
        ('[[layouts]]\niv = "zero"\nprefix = "0"\n' + CBC, "layouts.0.prefix: string should match"),
        ('[[layouts]]\niv = "zero"\ncipher_of = "des"\n' + CBC, "layouts.0.cipher_of: extra inputs"),
        ('[[layouts]]\nkey_form = "raw"\nmode = "gcm"\niv = "zero"', "layouts.0: gcm takes iv"),
        ("[[layouts", "is not TOML"),
    ],
)
def test_faults_are_named_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong with a file is said in one line, with its place in it."""
    with pytest.raises(LayoutError) as raised:
        read_layouts(written(tmp_path, text))
    assert said in raised.value.message
    assert "\n" not in raised.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is an error of layouts, not one of the system."""
    with pytest.raises(LayoutError, match="cannot be read"):
        read_layouts(tmp_path / "no.toml")
