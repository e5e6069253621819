"""Sources as they are shown."""

from onemanage.contracts.data_import import SourceName
from onemanage.contracts.data_import_plan import FileSource, Source


def named(source: Source) -> SourceName:
    """Never with a password."""
    if isinstance(source, FileSource):
        return SourceName(kind="file", name=source.file_name, file_id=source.file_id)
    return SourceName(kind="database", name=f"{source.host}/{source.database}")
