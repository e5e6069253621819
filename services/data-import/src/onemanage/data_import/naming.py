"""Sources as they are shown."""

from collections.abc import Iterable

from onemanage.contracts.imports.sources import FileSource, Source, SourceName


def named(source: Source) -> SourceName:
    """Never with a password."""
    if isinstance(source, FileSource):
        return SourceName(kind="file", name=source.file_name, file_id=source.file_id)
    return SourceName(kind="database", name=f"{source.host}/{source.database}")


def names(sources: Iterable[Source]) -> str:
    """Of all of them, for who is told that they are at fault."""
    return ", ".join(
        one.file_name if isinstance(one, FileSource) else one.host for one in sources
    )
