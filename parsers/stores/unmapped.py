"""Columns that no mapping names: which are searched for ciphertext, and what counts as ciphertext."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from parsers.stores.ciphertext_form import BLOCK_BYTES, SEALED_BYTES, ciphertext_form
from parsers.stores.long_runs import LONG_RUN, MARK, suspects
from parsers.stores.plain_content import is_plain

_DIGEST_WORDS: Final = (
    "hash",
    "digest",
    "checksum",
    "fingerprint",
    "fingreprint",
    "md5",
    "sha1",
    "sha2",
    "sha3",
    "sha512",
    "etag",
    "uuid",
    "guid",
    "commit",
    "revision",
)
"""Hex or bytes in a place of such a name are a digest or an identifier rather than ciphertext."""
_DIGEST_BYTES: Final = {"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
"""Digests whose name gives their size (RFC 1321, FIPS 180-4): in base64 too, values of it are digests."""
_SECRET_WORDS: Final = ("secret", "passw", "pwd", "token", "credential", "cipher", "crypt", "private")
"""`secret_id` is half of a key that Vault calls an id (AppRole), not the identifier of a row."""

_LOW: Final = bytes(range(128))
_MOST_PLACES: Final = 1_000
_HEAD_BYTES: Final = 4_096


def may_hold_ciphertext(column: str, keys: Collection[str]) -> bool:
    """Whether a column is not a key: a binary id has 16 bytes as well."""
    name = column.casefold()
    is_id = name == "id" or (name.endswith("_id") and not any(word in name for word in _SECRET_WORDS))
    return column not in keys and not is_id


def has_long_run(literals: Sequence[bytes]) -> bool:
    """Whether any of many literals of a dump may be ciphertext, as text or bytes."""
    joined = b"\0".join(literals)
    return LONG_RUN in joined.translate(MARK) or b"_binary" in joined or not joined.isascii()


def in_words(forms: Counter[str]) -> str:
    """`base64, hex`: the most frequent first."""
    return ", ".join(form for form, _ in sorted(forms.items(), key=lambda each: (-each[1], each[0])))


class ColumnSearch:
    """Searches all values of one column, or of a similar place, in flat memory.

    Args:
        name: the column's name, which may show that it holds digests.
    """

    def __init__(self, name: str) -> None:
        folded = name.casefold()
        self._is_digest = any(word in folded for word in _DIGEST_WORDS)
        plain = folded.replace("-", "").replace("_", "")
        self._digest_bytes = {size for word, size in _DIGEST_BYTES.items() if word in plain}
        self._sure: Counter[str] = Counter()
        self._unsure: Counter[str] = Counter()
        self._binaries = _Binaries()

    def add(self, values: Sequence[object]) -> None:
        """Add some values: text and bytes count, others do not."""
        kinds = set(map(type, values))
        texts = values if kinds == {str} else [value for value in values if isinstance(value, str)]
        if texts:
            self.add_texts(texts)  # type: ignore[arg-type]  # all of them are str by their own type
        if kinds - {str, type(None), int, float, bool}:
            self._add_bytes(
                [bytes(each) for each in values if isinstance(each, bytes | memoryview | bytearray)]
            )

    def add_texts(self, texts: Sequence[str]) -> None:
        """Add some values that are text."""
        for text in suspects(texts):
            if form := ciphertext_form(text):
                in_hex = form.name.startswith("hex")
                if (self._is_digest and in_hex) or form.size in self._digest_bytes:
                    continue
                (self._sure if form.sure else self._unsure)[form.name] += 1

    def forms(self) -> Counter[str]:
        """The number of values that look like ciphertext, by form; in a column of digests bytes never do."""
        found = Counter(self._sure)
        if self._sure.total() >= self._unsure.total():
            found += self._unsure
        if not self._is_digest and (count := self._binaries.count()):
            found["binary"] = count
        return found

    def _add_bytes(self, values: list[bytes]) -> None:
        """Bytes that are text count as text: `BLOB` columns, and drivers that return text as bytes."""
        texts: list[str] = []
        for value in values:
            try:
                text = value.decode()
            except UnicodeDecodeError:
                self._binaries.add(value)
                continue
            if "".join(text.split()).isprintable():
                texts.append(text)
            else:
                self._binaries.add(value)
        if texts:
            self.add_texts(texts)


class _Binaries:
    """Values that are bytes and not text, judged all together."""

    def __init__(self) -> None:
        self._all = 0
        self._whole = 0
        self._uuids = 0
        self._sealed = 0
        self._bytes = 0
        self._high = 0

    def add(self, value: bytes) -> None:
        self._all += 1
        head = value[:_HEAD_BYTES]
        self._bytes += len(head)
        self._high += len(head.translate(None, _LOW))
        if is_plain(value):
            return
        self._sealed += len(value) >= SEALED_BYTES
        if len(value) % BLOCK_BYTES == 0:
            self._whole += 1
            self._uuids += _is_uuid(value)

    def count(self) -> int:
        """The number of values that are ciphertext.

        One value in 16 of anything has whole blocks by chance, so more than half must have, and not all may
        be UUIDs. With GCM they have any size from `SEALED_BYTES` on: then every one must have, and their
        bits must look random.
        """
        if self._whole * 2 > self._all and self._uuids < self._whole:
            return self._whole
        by_chance = (2 * self._high - self._bytes) ** 2 <= 25 * self._bytes  # five standard deviations
        return self._all if self._all and self._sealed == self._all and by_chance else 0


def _is_uuid(value: bytes) -> bool:
    """Version 1 to 8 and the variant of RFC 9562, section 4."""
    return len(value) == BLOCK_BYTES and value[8] >> 6 == 0b10 and 1 <= value[6] >> 4 <= 8


class PlaceSearch:
    """Searches many places, met in any order: elements, members, attributes.

    Places beyond a thousand are counted together, since a hostile file may have any number of names.
    """

    def __init__(self) -> None:
        self._places: dict[str, ColumnSearch] = {}

    def add(self, place: str, name: str, values: Sequence[object]) -> None:
        """Add some values of a place; `name` is its last part."""
        if place not in self._places and len(self._places) >= _MOST_PLACES:
            place, name = "further places", ""
        if place not in self._places:
            self._places[place] = ColumnSearch(name)
        self._places[place].add(values)

    def found(self) -> list[tuple[str, Counter[str]]]:
        """The places with ciphertext, sorted, with the number of values by form."""
        counted = ((place, search.forms()) for place, search in sorted(self._places.items()))
        return [(place, forms) for place, forms in counted if forms]
