"""Words that name nobody: those of the products' own files, places and messages."""

import re
from typing import Final

from parsers.logs.phrases import DEFAULT

WORD: Final = re.compile(r"[^\W_]+")

_FILES_AND_PLACES: Final = """
access agent agents backup bundle bz2 c cbflow cloudbees commander conf config configuration csv data database
dump ec electriccloud electriccommander err error export gz history json jsonl key keys line log logs mariadb
master metadata mnt mssql mysql octopus octopusserver old opt oracle oracledb out parquet passkey postgresql
program programdata properties psycopg pymssql pymysql repo repository sda server servers service sql sqlite
store support tar tgz tmp txt usr var web wrapper xml xz zip zst
credentials devopsinsightserverconfiguration directoryproviders emailconfigs plugins project projects users
attribute file of s the
"""

PRODUCT_WORDS: Final = frozenset(
    word.lower()
    for text in (_FILES_AND_PLACES, *(phrase.text for phrase in DEFAULT.table))
    for word in WORD.findall(text)
)
"""In lower case. A name that is one of them stays: it tells nothing, and messages stay what they are."""
