from pathlib import Path

from parsers.keys.describe import DESCRIBED, describe
from parsers.keys.key_file import KeyFile
from parsers.keys.read_key_files import read_key_files

MARKER = b"PLANTED-MARKER-KEY-32-BYTES-LONG"


def test_a_description_shows_everything_but_the_key(tmp_path: Path) -> None:
    """Fingerprint, length, forms and remarks of each file are there, and no byte of a key."""
    (tmp_path / "a").write_bytes(MARKER + b"\n")
    (tmp_path / "b").write_bytes(b"6EdU6IWsCtMEwk0kPKflQQ==")
    (tmp_path / "c").write_bytes(b"twenty bytes of file")
    for path in tmp_path.iterdir():
        path.chmod(0o600)
    frame = describe(each for each in read_key_files(str(tmp_path)) if isinstance(each, KeyFile))
    assert frame.schema == DESCRIBED
    assert frame.select("bytes", "bits", "forms").rows() == [
        (33, 256, "trimmed 256"),
        (24, 128, "master key 128, raw 192, base64 128"),
        (20, 0, ""),
    ]
    assert "newline" in frame["remarks"][0]
    assert MARKER.decode() not in frame.write_csv()
    assert MARKER.decode() not in repr(frame)


def test_no_files_give_an_empty_frame() -> None:
    """Nothing to describe is a frame without rows."""
    assert describe([]).shape == (0, len(DESCRIBED))
