"""Layouts with other ciphers and passphrases, written down in TOML."""

import re
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import LayoutError
from audit.layouts.derivation import Derivation, Digest, Function
from audit.layouts.entry import LayoutEntry
from audit.layouts.layout import Cipher, Encoding, Iv, KeyForm, Layout, Mode, Padding
from audit.layouts.presets import PRESETS
from audit.layouts.user_supplied import SuppliedLayouts, read_layouts, write_layouts
from audit.layouts.wrapper import Wrapper

CBC = '[[layouts]]\nmode = "cbc"\nkey_form = "raw"\n'
DERIVED = CBC + 'derivation = "pbkdf2"\ndigest = "sha256"\nkey_size = 32\n'


def read(tmp_path: Path, text: str) -> SuppliedLayouts:
    path = tmp_path / "layouts.toml"
    path.write_text(text, "utf-8")
    return read_layouts(path)


def test_every_setting(tmp_path: Path) -> None:
    """A table with all that a layout can have."""
    supplied = read(
        tmp_path,
        """
        [[layouts]]
        cipher = "3des"
        mode = "cbc"
        iv = "derived"
        derivation = "pbkdf2"
        digest = "sha512"
        iterations = 2000
        salt_size = 16
        key_size = 24
        padding = "iso10126"
        encoding = "hex"
        prefix = "02ff"
        wrapper_head = "{3DES}"
        wrapper_tail = "\\u00ab\\t"

        [[layouts]]
        mode = "ecb"
        iv = "none"
        key_form = "hex"
        wrapper_member = "data"
        proven = true
        """,
    )
    derivation = Derivation(Function.PBKDF2, Digest.SHA512, 2_000, 24, salt_size=16)
    first = Layout(
        KeyForm.TRIMMED,
        Mode.CBC,
        Iv.DERIVED,
        Encoding.HEX,
        b"\x02\xff",
        padding=Padding.ISO10126,
        wrapper=Wrapper(b"{3DES}", "«\t".encode()),
        cipher=Cipher.TRIPLE_DES,
        derivation=derivation,
    )
    second = Layout(KeyForm.HEX, Mode.ECB, Iv.NONE, wrapper=Wrapper(member="data"))
    assert supplied == SuppliedLayouts(to_try=(first,), proven=(second,))
    assert first.name == (
        "3des-cbc/iv-derived/pbkdf2-sha512-2000-24/salt-16/padding-iso10126/prefix-02ff/hex"
        "/in-{3DES}\\xc2\\xab\t/key-trimmed"
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_one_word(tmp_path: Path, preset: str) -> None:
    """Each is a whole layout of a passphrase; settings beside it go before its own."""
    (layout,) = read(tmp_path, f'[[layouts]]\npreset = "{preset}"').to_try
    assert layout.derivation
    assert layout.key_form is KeyForm.TRIMMED
    (changed,) = read(
        tmp_path, f'[[layouts]]\npreset = "{preset}"\niterations = 77\nkey_form = "raw"\nencoding = "hex"'
    ).to_try
    wanted = replace(layout, key_form=KeyForm.RAW, encoding=Encoding.HEX)
    assert changed == replace(wanted, derivation=replace(layout.derivation, iterations=77))


def test_lengths_that_fit(tmp_path: Path) -> None:
    """Salt, vector and whole blocks, of the cipher's own size."""
    text = "".join(
        f'[[layouts]]\npreset = "{each}"\n' for each in ("openssl-salted", "jasypt-basic", "jasypt-strong")
    )
    openssl, basic, strong = read(tmp_path, text).to_try
    sizes = range(100)
    assert [size for size in sizes if openssl.fits(size)] == [32, 48, 64, 80, 96]
    assert [size for size in sizes if basic.fits(size)] == list(range(16, 100, 8))
    assert [size for size in sizes if strong.fits(size)] == [48, 64, 80, 96]
    des = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT, cipher=Cipher.DES)
    assert [size for size in sizes if des.fits(size)] == list(range(16, 100, 8))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Layouts of passphrases and other ciphers, all that a file can say of them."""
    cipher = draw(st.sampled_from(Cipher))
    iv = draw(st.sampled_from([Iv.NONE, Iv.FRONT, Iv.ZERO, Iv.KEY, Iv.CONSTANT, Iv.DERIVED]))
    key_size = draw(st.sampled_from([size for size in range(60) if size in cipher.key_sizes]))
    salt = draw(st.binary(max_size=20))
    derivation = Derivation(
        draw(st.sampled_from([Function.PBKDF2, Function.OPENSSL])),
        draw(st.sampled_from(Digest)),
        draw(st.integers(1, 10_000_000)),
        key_size,
        salt,
        0 if salt else draw(st.integers(0, 64)),
    )
    text = st.text(max_size=20)
    wrapper = draw(
        st.one_of(
            st.builds(Wrapper, text.map(str.encode), text.map(str.encode)), st.builds(Wrapper, member=text)
        )
    )
    return Layout(
        draw(st.sampled_from([form for form in KeyForm if form is not KeyForm.MASTER_KEY])),
        Mode.ECB if iv is Iv.NONE else Mode.CBC,
        iv,
        draw(st.sampled_from([Encoding.BASE64, Encoding.HEX, Encoding.BASE64_URL])),
        draw(st.binary(max_size=64)),
        constant_iv=draw(st.binary(min_size=cipher.block, max_size=cipher.block))
        if iv is Iv.CONSTANT
        else b"",
        padding=draw(st.sampled_from(Padding)),
        wrapper=wrapper,
        cipher=cipher,
        derivation=derivation if iv is Iv.DERIVED else draw(st.sampled_from([derivation, None])),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(layouts(), max_size=3), st.lists(layouts(), max_size=3))
def test_what_is_written_reads_back(tmp_path: Path, to_try: list[Layout], proven: list[Layout]) -> None:
    """Whatever a layout is, with any text around its values."""
    supplied = SuppliedLayouts(tuple(to_try), tuple(proven))
    path = tmp_path / "saved.toml"
    write_layouts(path, supplied)
    assert read_layouts(path) == supplied


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[layouts]]\npreset = "jasypt"', "layouts.0: preset is one of openssl-salted, openssl-salted-md5,"),
        ("[[layouts]]\npreset = 3", "layouts.0: preset is one of"),
        (CBC + 'iv = "zero"\ncipher = "rc4"', "layouts.0.cipher: input should be 'aes', '3des', 'des' or"),
        (CBC + 'iv = "zero"\npadding = "none"', "layouts.0.padding: input should be 'pkcs7'"),
        (CBC + 'iv = "derived"', 'layouts.0: iv = "derived" goes with a derivation'),
        (CBC + 'iv = "zero"\nsalt_size = 8', "layouts.0: salt_size goes with a derivation"),
        (CBC + 'iv = "unknown"\ncipher = "3des"', 'layouts.0: iv = "unknown" goes with an aes key alone'),
        (CBC + 'iv = "beside"\ncipher = "des"', 'layouts.0: iv = "beside" goes with aes'),
        (CBC + 'iv = "constant"\ncipher = "des"\nconstant_iv = "00"', "constant_iv is 8 bytes in hex"),
        (DERIVED + 'iv = "zero"\nsalt = "0"', "layouts.0.salt: string should match pattern"),
        (DERIVED + 'iv = "zero"\nsalt = "00"\nsalt_size = 8', "give one of them"),
        (DERIVED + 'iv = "zero"\nsalt_size = -1', "layouts.0.salt_size: input should be greater"),
        (DERIVED + 'iv = "zero"\niterations = 0', "layouts.0.iterations: input should be greater"),
        (DERIVED + 'iv = "zero"\niterations = 10000001', "layouts.0.iterations: input should be less"),
        (DERIVED + 'iv = "zero"\ncipher = "des"', "layouts.0: des takes no key_size of 32 bytes"),
        (DERIVED.replace('"raw"', '"master-key"') + 'iv = "zero"', "a master key is no passphrase"),
        (DERIVED.replace('digest = "sha256"\n', "") + 'iv = "zero"', "a derivation takes a digest"),
        (DERIVED.replace("sha256", "md4") + 'iv = "zero"', "layouts.0.digest: input should be 'md5'"),
        (
            DERIVED.replace("pbkdf2", "pbkdf1") + 'iv = "derived"',
            "no more than the 32 bytes of sha256, not 48",
        ),
        (
            DERIVED.replace("pbkdf2", "scrypt") + 'iv = "zero"',
            "layouts.0.derivation: input should be 'pbkdf1'",
        ),
        (
            CBC.replace("cbc", "gcm") + 'iv = "front"\nnonce_size = 12\ncipher = "3des"',
            "gcm takes blocks of 16",
        ),
        (CBC.replace("cbc", "gcm") + 'iv = "front"\nnonce_size = 12\npadding = "star"', "gcm pads nothing"),
        (CBC + 'iv = "zero"\nencoding = "raw"\nwrapper_head = "x"', 'encoding = "raw" has no text around it'),
        (CBC + 'iv = "zero"\nwrapper_tail = "x"\nwrapper_member = "y"', "wrapper_member is of a JSON object"),
        ("a = " + "[" * 5_000, "is not TOML: it is nested too deeply"),
        ("a = 0x" + "f" * 9_000, "a: extra inputs are not permitted"),
        ("a = " + "9" * 9_000, "is not TOML: "),
        ("a." * 20_000 + "b = 1", "has a line of over 10,000 bytes"),
        ("a = 1\n" * 2_000_000, "is larger than 10,000,000 bytes"),
        ("layouts = 3", "layouts: input should be a valid"),
        ("layouts = [3]", "layouts.0: input should be a valid"),
    ],
    ids=range(31),
)
def test_faults_are_named_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong is said in one short line, with its place in the file."""
    with pytest.raises(LayoutError) as raised:
        read(tmp_path, text)
    assert said in raised.value.message
    assert "\n" not in raised.value.message
    assert len(raised.value.message) < 500 + len(str(tmp_path))


def test_text_that_toml_cannot_hold(tmp_path: Path) -> None:
    """Bytes around a value that are no UTF-8 are refused, not mangled."""
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, wrapper=Wrapper(b"\xff"))
    with pytest.raises(LayoutError, match="cannot be saved"):
        write_layouts(tmp_path / "saved.toml", SuppliedLayouts(to_try=(layout,)))
    assert not (tmp_path / "saved.toml").exists()


def test_the_documentation_is_true(tmp_path: Path) -> None:
    """Its example can be read, and its tables name every preset and every setting."""
    text = (Path(__file__).parents[3] / "docs" / "layouts-file.md").read_text("utf-8")
    example = "\n".join(line for line in text.splitlines() if line.startswith("    "))
    basic, openssl, triple_des = read(tmp_path, textwrap.dedent(example)).to_try
    assert [each.cipher for each in (basic, openssl, triple_des)] == [
        Cipher.DES,
        Cipher.AES,
        Cipher.TRIPLE_DES,
    ]
    assert openssl.derivation is not None
    assert openssl.derivation.iterations == 600_000
    named = {
        word
        for line in text.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([a-z0-9_-]+)`", line)
    }
    words = {each.value for kind in (Cipher, Mode, Iv, Padding, Encoding, Function, Digest) for each in kind}
    settings_ = set(LayoutEntry.model_fields) - {"nonce_size", "proven", "proven_under"}
    assert named >= {*PRESETS, *settings_, *words}
