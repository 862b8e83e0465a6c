"""Random estates of Octopus Deploy: sealed strings in documents, and strings within strings."""

import base64
import json
import random
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.estates.estate import Estate, StoredValue, Trouble
from tests.estates.key_files import KeyCopy, TrueKey
from tests.estates.plan import altered, sealed_value
from tests.estates.sealing import Sealing, Vector
from tests.estates.texts import Population, secrets
from tests.support.octopus import Row, csv_file, sqlite_file

SEALING: Final = Sealing(vector=Vector.BESIDE)
"""`base64(ciphertext)|base64(vector)`, AES-CBC, PKCS#7 (Octopus docs, "Data encryption")."""

SEALED: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}\|[A-Za-z0-9+/]+={0,2}")
_SIZES: Final = (1, 2, 3, 5, 8, 20, 60, 150)
_POPULATIONS: Final = (
    Population.SHORT,
    Population.LONG,
    Population.MIXED,
    Population.PEM,
    Population.FOREIGN_LETTERS,
    Population.SOME_BINARY,
    Population.EQUAL_LENGTH,
    Population.DUPLICATES,
)
_DAMAGE: Final = (
    Trouble.CUT_BLOCK,
    Trouble.CUT_TEXT,
    Trouble.MIDDLE,
    Trouble.VECTOR,
    Trouble.LAST,
    Trouble.TYPED,
    Trouble.EMPTY,
)

Pointer = tuple[str | int, ...]
"""Steps into a document; `json` after a string enters the JSON in it, `sealed` the sealed part of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the row by its table and id, and the way in."""

    table: str
    id: str
    pointer: Pointer

    @property
    def inside(self) -> bool:
        """Whether it is a string within a string."""
        return "<json>" in self.pointer or "<sealed>" in self.pointer

    @property
    def location(self) -> str:
        """In one word, for messages."""
        return f"{self.table}:{self.id}#" + "/".join(map(str, self.pointer))


@dataclass(frozen=True, slots=True)
class OctopusEstate:
    """The truth, the documents, and the place of each value by its location."""

    estate: Estate
    documents: tuple[Row, ...]
    places: Mapping[str, Place]


def draw_octopus(seed: int) -> OctopusEstate:
    """The estate of a seed."""
    chance = random.Random(f"octopus {seed}")
    keys = tuple(_key(at, chance) for at in range(chance.randint(1, 4)))
    size = chance.choice(_SIZES)
    used = [key for at, key in enumerate(keys) if chance.random() < (0.85 if at == 0 else 0.6)] or [keys[0]]
    population = chance.choice(_POPULATIONS)
    values = [
        sealed_value(text, chance.choice(used), SEALING, population, chance)
        for text in secrets(population, size, chance)
    ]
    values = list(_troubled(values, keys, chance))
    said = chance.choices(["label", ""], [75, 25])[0]
    store = chance.choice(["sqlite", "sqlite", "csv"])
    return _placed(
        Estate(f"octopus {seed}", keys, tuple(values), "key0" if said else "", said, store), chance
    )


def write_octopus(drawn: OctopusEstate, folder: Path) -> Path:
    """The store and `keys/` in a folder; the store's path."""
    keys = folder / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for each in (copy for key in drawn.estate.keys for copy in key.copies if copy.given):
        (keys / each.label).write_bytes(each.content)
        (keys / each.label).chmod(0o600)
    write = csv_file if drawn.estate.store == "csv" else sqlite_file
    return write(folder / f"store.{drawn.estate.store}", drawn.documents)


def octopus_value_in(store: Path, place: Place) -> str | None:
    """What stands at a place of a SQLite store now."""
    connection = sqlite3.connect(store)
    try:
        ((text,),) = connection.execute(f'SELECT "JSON" FROM "{place.table}" WHERE "Id" = ?', (place.id,))
    finally:
        connection.close()
    found: object = json.loads(text)
    for step in place.pointer:
        if step == "<json>":
            found = json.loads(str(found))
        elif step == "<sealed>":
            part = SEALED.search(str(found))
            found = part[0] if part else None
        elif isinstance(found, dict):
            found = found[step]
        elif isinstance(found, list):
            found = found[int(step)]
    return found if isinstance(found, str) else None


def _key(at: int, chance: random.Random) -> TrueKey:
    secret = chance.randbytes(chance.choice([16, 16, 32]))
    given = chance.random() < 0.85
    written = base64.b64encode(secret)
    content = chance.choice(
        [
            written,
            written + b"\n",
            b"Octopus Master Key:\r\n" + written + b"\r\n",
            json.dumps({"MasterKey": written.decode()}).encode(),
            b"\xff\xfe" + written.decode().encode("utf-16-le"),
        ]
    )
    return TrueKey(f"key{at}", secret, (KeyCopy(f"key{at}", content, given),))


def _troubled(
    values: Sequence[StoredValue], keys: Sequence[TrueKey], chance: random.Random
) -> Iterator[StoredValue]:
    rate = chance.choices([0.0, 0.05, 0.2], [45, 38, 17])[0]
    for value in values:
        if chance.random() >= rate:
            yield value
            continue
        trouble = chance.choice(_DAMAGE)
        if trouble in {Trouble.TYPED, Trouble.EMPTY}:
            typed = value.text if trouble is Trouble.TYPED and value.is_text else None
            kind = Trouble.TYPED if typed else Trouble.EMPTY
            yield StoredValue("", typed, typed or b"", "", "", None, kind, "typed", is_text=True)
        elif trouble is Trouble.MIDDLE and len(value.text) < 32:
            yield value
        else:
            yield altered(value, trouble, keys, chance)


def _placed(estate: Estate, chance: random.Random) -> OctopusEstate:
    """Each value in a document of its own.

    Only whole ones stand within other strings, where nothing else would show that they are secrets.
    """
    documents, places, values = [], {}, []
    for number, value in enumerate(estate.values, 1):
        text = None if value.value is None else value.value.decode()
        within = value.trouble is Trouble.NONE and chance.random() < 0.25
        table, id_, members, pointer = chance.choice(_WITHIN if within else _KNOWN)(number, text)
        owner = {"OwnerId": f"Projects-{number}"} if table in {"VariableSet", "DeploymentProcess"} else {}
        documents.append(Row(table, id_, members, {"Name": f"n{number}", **owner}))
        place = Place(table, id_, pointer)
        places[place.location] = place
        values.append(replace(value, name=id_, where=place.location))
    documents.append(Row("Space", "Spaces-1", {}, {"Name": "Default"}))
    return OctopusEstate(replace(estate, values=tuple(values)), tuple(documents), places)


_Made = tuple[str, str, Mapping[str, object], Pointer]


def _account(number: int, text: str | None) -> _Made:
    return "Account", f"Accounts-{number}", {"Username": "svc", "Password": text}, ("Password",)


def _variable(number: int, text: str | None) -> _Made:
    variables = [
        {"Name": "Greeting", "Type": "String", "Value": "hello"},
        {"Name": "DbPassword", "Type": "Sensitive", "Value": text},
    ]
    return (
        "VariableSet",
        f"variableset-Projects-{number}",
        {"Variables": variables},
        ("Variables", 1, "Value"),
    )


def _feed(number: int, text: str | None) -> _Made:
    return "Feed", f"Feeds-{number}", {"Username": "reader", "Password": text}, ("Password",)


def _process(number: int, properties: Mapping[str, object]) -> tuple[str, str, Mapping[str, object]]:
    action = {"Name": "Deploy", "Properties": properties}
    steps = {"Steps": [{"Name": "One", "Actions": [action]}]}
    return "DeploymentProcess", f"deploymentprocess-Projects-{number}", steps


_TO_PROPERTIES: Final[Pointer] = ("Steps", 0, "Actions", 0, "Properties")


def _property(number: int, text: str | None) -> _Made:
    made = _process(number, {"Shop.Token": {"IsSensitive": True, "SensitiveValue": text}})
    return (*made, (*_TO_PROPERTIES, "Shop.Token", "SensitiveValue"))


def _escaped_json(number: int, text: str | None) -> _Made:
    inner = json.dumps({"db": {"Password": text, "Port": 5432}})
    made = _process(number, {"Octopus.Action.Script.Parameters": inner})
    way = (*_TO_PROPERTIES, "Octopus.Action.Script.Parameters", "<json>", "db", "Password")
    return (*made, way)


def _connection_string(number: int, text: str | None) -> _Made:
    made = _process(
        number, {"ConnectionString": f"Server=db{number};User Id=app;Password={text};Encrypt=True"}
    )
    return (*made, (*_TO_PROPERTIES, "ConnectionString", "<sealed>"))


def _connection_string_in_json(number: int, text: str | None) -> _Made:
    inner = json.dumps({"connections": [f"Server=db{number};Password={text}"]})
    members = {"Variables": [{"Name": "Config", "Type": "String", "Value": inner}]}
    way = ("Variables", 0, "Value", "<json>", "connections", 0, "<sealed>")
    return "VariableSet", f"variableset-Projects-{number}", members, way


_KNOWN: Final[Sequence[Callable[[int, str | None], _Made]]] = (_account, _variable, _feed, _property)
_WITHIN: Final[Sequence[Callable[[int, str | None], _Made]]] = (
    _escaped_json,
    _connection_string,
    _connection_string_in_json,
)
