"""Every form of a file, as `form_files` makes it."""

import csv

from . import form_files as files

KINDS = [
    *(
        files.Kind(f"delimiter {one!r}", files.plain(one))
        for one in ",;\t|~^\x01\x1f: "
    ),
    files.Kind("decimal comma", files.decimal_comma),
    files.Kind("aligned by blanks", files.aligned),
    files.Kind("names are years", files.labels(files.years)),
    files.Kind(
        "one name is a year", files.labels(lambda chance: files.years(chance)[:1])
    ),
    files.Kind("names are days", files.labels(files.days)),
    files.Kind("names are ranges", files.labels(files.ranges)),
    files.Kind("names are numbers", files.labels(files.numbers)),
    files.Kind("few names", files.few_names),
    files.Kind("no names, numbers", files.no_names("qty", "amount")),
    files.Kind("no names, towns and numbers", files.no_names("town", "qty")),
    files.Kind("no names, days", files.no_names("day", "customer")),
    files.Kind("no names, texts that come again", files.no_names("town", "note")),
    files.Kind("groups of names", files.groups),
    files.Kind("groups of names, repeated", lambda chance: files.groups(chance, True)),
    files.Kind("groups of names in a sheet", files.groups_in_a_sheet),
    files.Kind("two rows of names", files.two_rows),
    files.Kind("names and units", files.units),
    files.Kind("title above", files.titled),
    files.Kind("account above, the same delimiter", files.account(";", ";")),
    files.Kind("account above, commas over semicolons", files.account(",", ";")),
    files.Kind("account above, semicolons over commas", files.account(";", ",")),
    files.Kind("account above, colons over commas", files.account(":", ",")),
    files.Kind("account above, tabs over semicolons", files.account("\t", ";")),
    files.Kind("pairs above a sheet's table", files.pairs_in_a_sheet),
    files.Kind("comma behind rows", files.ends(lambda chance, at: ",")),
    files.Kind("comma behind all", files.ends(lambda chance, at: ",", ",")),
    files.Kind("commas behind rows", files.ends(lambda chance, at: ",,,")),
    files.Kind("quoted nothing behind rows", files.ends(lambda chance, at: ',""')),
    files.Kind(
        "comma behind some rows",
        files.ends(lambda chance, at: "," * (at % 4 == 1), all_rows=False),
    ),
    files.Kind("comma behind names alone", files.ends(lambda chance, at: "", ",")),
    files.Kind("short rows", files.short),
    files.Kind("one field too many", files.one_odd("extra")),
    files.Kind("one field too few", files.one_odd("")),
    files.Kind("single quotes", files.quoted(quotechar="'", quoting=csv.QUOTE_ALL)),
    files.Kind("single quotes where needed", files.quoted(quotechar="'")),
    files.Kind("double quotes where needed", files.quoted()),
    files.Kind("all quoted", files.quoted(quoting=csv.QUOTE_ALL, delimiter=";")),
    files.Kind("backslashes", files.quoted(escapechar="\\", doublequote=False)),
    files.Kind(
        "backslashes, all quoted",
        files.quoted(escapechar="\\", doublequote=False, quoting=csv.QUOTE_NONNUMERIC),
    ),
    files.Kind("blanks before quotes", files.spaced),
    files.Kind("stray quote before the names", files.stray_in_names),
    files.Kind("stray quote before the first row", files.stray_in_data),
    files.Kind("one column of texts", files.one_column(files.sentence, "remark")),
    files.Kind(
        "one column of names", files.one_column(files.COLUMNS["customer"], "full name")
    ),
    files.Kind(
        "one column of moments",
        files.one_column(
            lambda one: f"{files.COLUMNS['day'](one)} 08:30:00", "created at"
        ),
    ),
    files.Kind(
        "one column of decimal commas",
        files.one_column(
            lambda one: files.COLUMNS["amount"](one).replace(".", ","), "amount"
        ),
    ),
]
