"""What a plan says of the encoding it has chosen: how sure it is, and what else."""

from onemanage.contracts.imports.plans import Warning
from onemanage.data_import.domain.reading.encodings import Encoding

_CHANGE = "If it is wrong, plan the file again with another name in dialect.encoding."


def encoding_warnings(found: Encoding) -> list[Warning]:
    """None where a mark or the bytes alone decided, or the user."""
    if found.ranked is None:
        return []
    best, others, sure = found.ranked
    if sure:
        message = f"The file is not UTF-8; it reads well as {best.name}. {_CHANGE}"
        return [Warning(code="encoding_guessed", message=message, example=best.sample)]
    message = f"The file is not UTF-8, and it is not sure that it is {best.name}."
    for other in others:
        message += f" As {other.name} it reads: {other.sample}."
    return [
        Warning(
            code="encoding_unsure",
            message=f"{message} Look at the first rows. {_CHANGE}",
            example=best.sample,
        )
    ]
