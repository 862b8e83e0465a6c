"""Trial decryption in columns against the loop that everybody writes first.

`python -m tests.bench.trial_decryption`

CPU time, not wall time, and ratios of one run: the machine may be shared. The loops are measured on a sample
and scaled up; they do what such scripts do: decode, decrypt with a cipher object, check padding and UTF-8.
Two of them: with PyCryptodome, and with `cryptography`, which takes half the time.
"""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.cloudbees.layouts import LAYOUTS
from audit.cloudbees.product import CLOUDBEES_CD
from audit.discovery.discover import discover
from audit.discovery.sample import sample
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.run.examine import examine
from audit.trial.best import best_openings
from audit.trial.hypothesis import hypotheses
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.bench.sealed_values import as_batches, sealed_cbc, sealed_gcm

VALUES: Final = 2_000_000
LOOPED: Final = 20_000
CBC: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
GCM: Final = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
TAGS: Final = SecretTags(Secret(bytes(16)))


@dataclass(frozen=True, slots=True)
class Line:
    """A measured figure beside its bar."""

    what: str
    measured: float
    bar: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it is good enough; megabytes and seconds are better when small."""
        return self.measured <= self.bar if self.unit in {"MB", "s"} else self.measured >= self.bar


def keys(count: int, *, seed: int = 1) -> list[bytes]:
    """AES-256 keys."""
    chance = np.random.default_rng(seed)
    return [chance.bytes(32) for _ in range(count)]


def ring(contents: Iterable[bytes]) -> KeyRing:
    """A ring of them; the first one is current."""
    return KeyRing(
        CLOUDBEES_CD,
        tuple(
            Key(
                label=f"key {number}",
                aliases=(),
                content=Secret(content),
                master_key=None,
                fingerprint=f"{number:040x}",
                bits=256,
                current=number == 0,
                remarks=(),
            )
            for number, content in enumerate(contents)
        ),
        (),
    )


def seconds(work: Callable[[], object], *, times: int = 1) -> float:
    """CPU seconds of this process, the best of so many times."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def loop(values: Sequence[bytes], candidates: Sequence[bytes], *, every_key: bool) -> int:
    """A cipher object for each value and key; stops at the first key that fits, unless told otherwise."""
    opened = 0
    for value in values:
        sealed = base64.b64decode(value)
        for key in candidates:
            decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
            padded = decryptor.update(sealed) + decryptor.finalize()
            unpadder = padding.PKCS7(128).unpadder()
            try:
                text = unpadder.update(padded) + unpadder.finalize()
                text.decode()
            except ValueError:
                continue
            opened += 1
            if not every_key:
                break
    return opened


def pycryptodome_loop(values: Sequence[bytes], candidates: Sequence[bytes], *, every_key: bool) -> int:
    """The same with the other library."""
    opened = 0
    for value in values:
        sealed = base64.b64decode(value)
        for key in candidates:
            try:
                unpad(AES.new(key, AES.MODE_CBC, bytes(16)).decrypt(sealed), 16).decode()
            except ValueError:
                continue
            opened += 1
            if not every_key:
                break
    return opened


LOOPS: Final = {"PyCryptodome": pycryptodome_loop, "cryptography": loop}


def gcm_loop(values: Sequence[bytes], key: bytes) -> int:
    """One cipher object for all, since AESGCM allows it."""
    cipher, opened = AESGCM(key), 0
    for value in values:
        sealed = base64.b64decode(value)
        try:
            cipher.decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag:
            continue
        opened += 1
    return opened


def in_columns(batches: Iterable[pl.DataFrame], candidates: KeyRing, layout: Layout) -> None:
    """What the audit does with one known layout, base64 included."""
    tried = hypotheses(candidates.keys, [layout])
    for batch in batches:
        best_openings(batch.height, try_keys(Views(batch), tried), tried, TAGS)


def known_layout() -> Iterable[Line]:
    """1, 4 and 16 keys, each of which sealed its share of the values."""
    yield from _known_layout(1, bar=30)
    yield from _known_layout(4, bar=50)
    yield from _known_layout(16, bar=80)


def _known_layout(count: int, *, bar: float) -> Iterable[Line]:
    contents = keys(count)
    values = sealed_cbc(VALUES, contents, seed=count)
    batches, looped = as_batches(values), values.head(LOOPED).to_list()
    columns = seconds(lambda: in_columns(batches, ring(contents), CBC), times=2)
    for library in LOOPS:
        early = _looping(library, looped, contents, every_key=False) / columns
        yield Line(f"{count} keys, first that fits ({columns:.2f} s), {library}", early, bar, "x")
    if count == 16:
        for library in LOOPS:
            every = _looping(library, looped, contents, every_key=True) / columns
            yield Line(f"16 keys, every key tried, {library}", every, 200, "x")
        yield from _wrong_key(batches)


def _looping(library: str, looped: Sequence[bytes], contents: Sequence[bytes], *, every_key: bool) -> float:
    """Seconds that the loop takes for all values."""
    taken = seconds(lambda: LOOPS[library](looped, contents, every_key=every_key), times=2)
    return taken * VALUES / len(looped)


def _wrong_key(batches: Sequence[pl.DataFrame]) -> Iterable[Line]:
    """What each further key costs that opens nothing: 16 of them, less the one that is tried anyway."""
    foreign = keys(17, seed=99)
    one = seconds(lambda: in_columns(batches, ring(foreign[:1]), CBC), times=2)
    many = seconds(lambda: in_columns(batches, ring(foreign), CBC), times=2)
    yield Line("a wrong key, values a second", VALUES / ((many - one) / 16) / 1e6, 40, "M/s")


def authenticated() -> Iterable[Line]:
    """GCM, 200,000 values."""
    right, wrong = keys(1), keys(16, seed=98)
    values = sealed_gcm(200_000, right[0], seed=3)
    batches, looped = as_batches(values), values.head(LOOPED).to_list()
    scale = values.len() / LOOPED
    columns = seconds(lambda: in_columns(batches, ring(right), GCM), times=2)
    yield Line("GCM, the right key", seconds(lambda: gcm_loop(looped, right[0])) * scale / columns, 1, "x")
    # Beside the right key: values that it opens need no check of every tag under the wrong ones.
    beside = seconds(lambda: in_columns(batches, ring([*right, *wrong]), GCM), times=2)
    looping = seconds(lambda: gcm_loop(looped, wrong[0])) * scale
    yield Line("GCM, a wrong key beside the right one", looping / ((beside - columns) / 16), 20, "x")
    lost = seconds(lambda: in_columns(batches, ring(wrong), GCM)) / 16
    yield Line("GCM, a wrong key where none is right", looping / lost, 1, "x")


def discovery() -> Iterable[Line]:
    """Over 2,000 hypotheses on 100,000 values."""
    contents = keys(16)
    batches = as_batches(sealed_cbc(100_000, contents, seed=5))
    layouts = LAYOUTS
    number = len(hypotheses(ring(contents).keys, layouts))
    taken = seconds(lambda: discover(sample(batches), ring(contents).keys, layouts, TAGS))
    yield Line(f"discovery, {number} hypotheses on 100,000 values", taken, 60, "s")


def everything() -> Iterable[Line]:
    """The whole examination of all values under 4 keys, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.trial_decryption", "examine"],
        stdout=subprocess.PIPE,
        check=True,
    )
    measured = json.loads(done.stdout)
    for library in LOOPS:
        what = f"examination, 4 keys ({measured['seconds']:.2f} s), {library}"
        yield Line(what, measured[library] / measured["seconds"], 20, "x")
    yield Line("memory that it adds to the values themselves", measured["added"], 600, "MB")
    yield Line("peak, both together", measured["peak"], 600, "MB")


def _examine() -> None:
    contents = keys(4)
    values = sealed_cbc(VALUES, contents, seed=4)
    batches, looped = as_batches(values), values.head(LOOPED).to_list()
    stored = [StoredValues(batch) for batch in batches]
    del values
    before = _megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of making them (proc(5))
    measured = {"seconds": seconds(lambda: examine(stored, ring(contents), TAGS))}
    measured["added"] = _megabytes("VmHWM") - before
    held = sum(batch.estimated_size("mb") for batch in batches)
    measured["peak"] = measured["added"] + held
    for library in LOOPS:
        measured[library] = _looping(library, looped, contents, every_key=False)
    sys.stdout.write(json.dumps(measured))


def _megabytes(what: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0]) / 1024


def main() -> None:
    """Print the table."""
    for part in (known_layout, authenticated, discovery, everything):
        for line in part():
            state = "met" if line.met else "MISSED"
            sys.stdout.write(
                f"{line.what:<60} {line.measured:8.1f} {line.unit:<3}  bar {line.bar:g}  {state}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:] == ["examine"]:
        _examine()
    else:
        main()
