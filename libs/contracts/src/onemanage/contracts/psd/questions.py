"""What the psd service answers about documents, templates, fonts and what it made."""

from onemanage.contracts import deletion
from onemanage.contracts.psd import deletion as psd_deletion
from onemanage.contracts.psd import (
    diffs,
    documents,
    fonts,
    merge_pictures,
    merges,
    renditions,
    search,
    templates,
)
from onemanage.contracts.specs import QuerySpec

QUERIES = (
    QuerySpec("queries.psd.document", documents.GetDocument, documents.Document, "psd"),
    QuerySpec(
        "queries.psd.documents", documents.ListDocuments, documents.DocumentPage, "psd"
    ),
    QuerySpec("queries.psd.layer", documents.GetLayer, documents.Layer, "psd"),
    QuerySpec("queries.psd.layers", documents.ListLayers, documents.LayerPage, "psd"),
    QuerySpec(
        "queries.psd.search",
        search.SearchLayers,
        search.FoundLayers,
        "psd",
        scans=True,
    ),
    QuerySpec(
        "queries.psd.rendition", renditions.GetRendition, renditions.Rendition, "psd"
    ),
    QuerySpec(
        "queries.psd.renditions",
        renditions.ListRenditions,
        renditions.RenditionPage,
        "psd",
    ),
    QuerySpec("queries.psd.diff", diffs.GetDiff, diffs.DocumentDiff, "psd"),
    QuerySpec(
        "queries.psd.dependents",
        psd_deletion.FindPsdDependents,
        deletion.Dependents,
        "psd",
        scans=True,
    ),
    QuerySpec("queries.psd.template", templates.GetTemplate, templates.Template, "psd"),
    QuerySpec(
        "queries.psd.templates",
        templates.ListTemplates,
        templates.TemplatePage,
        "psd",
    ),
    QuerySpec("queries.psd.font", fonts.GetFont, fonts.Font, "psd"),
    QuerySpec("queries.psd.fonts", fonts.ListFonts, fonts.FontPage, "psd"),
    QuerySpec("queries.psd.merge", merges.GetMerge, merges.Merge, "psd"),
    QuerySpec("queries.psd.merges", merges.ListMerges, merges.MergePage, "psd"),
    QuerySpec("queries.psd.merged_row", merges.GetMergedRow, merges.MergedRow, "psd"),
    QuerySpec(
        "queries.psd.merged_rows",
        merges.ListMergedRows,
        merges.MergedRowPage,
        "psd",
    ),
    merge_pictures.CUT_OUTS,
)
