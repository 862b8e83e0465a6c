"""A store that is one file, written anew."""

from collections.abc import Callable
from dataclasses import replace

from parsers.stores.interface import Store
from parsers.stores.rewriting.file_rewriter import StreamRewriter
from parsers.stores.rewriting.source_files import SourceFile, read_file
from parsers.stores.store_file import Look, StoreFile


def one_file(file: StoreFile, reader: Callable[[StoreFile], Store]) -> StreamRewriter:
    """What writes the store over `file` anew; `reader` makes that store over another look at it."""

    def files() -> list[SourceFile]:
        return [read_file(file)]

    def seen_through(look: Look) -> Store:
        return reader(replace(file, look=look))

    return StreamRewriter(file.reference, files, seen_through)
