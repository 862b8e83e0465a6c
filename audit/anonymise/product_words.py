"""Words that name nobody: those of the products' own files, places and messages."""

import re
from typing import Final

from audit.products import every_product
from parsers.logs.phrases import DEFAULT

WORD: Final = re.compile(r"[^\W_]+")

_FILES_AND_PLACES: Final = """
access backup bz2 c config configuration csv data database dump err error export gz history json jsonl key
keys line log logs mariadb metadata mnt mssql mysql old opt oracle oracledb out parquet postgresql program
programdata psycopg pymssql pymysql server servers service sql sqlite store support tar tgz tmp txt usr var
web xml xz zip zst
attribute file of s the
"""

PRODUCT_WORDS: Final = frozenset(
    word.lower()
    for text in (
        _FILES_AND_PLACES,
        *(product.own_words for product in every_product()),
        *(phrase.text for phrase in DEFAULT.table),
    )
    for word in WORD.findall(text)
)
"""In lower case. A name that is one of them stays: it tells nothing, and messages stay what they are."""
