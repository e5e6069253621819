"""Questions about documents, from whoever shows them."""

from onemanage.contracts.deletion import Dependents
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.deletion import FindPsdDependents
from onemanage.contracts.psd.diffs import DocumentDiff, GetDiff
from onemanage.contracts.psd.documents import (
    Document,
    DocumentPage,
    GetDocument,
    GetLayer,
    Layer,
    LayerPage,
    ListDocuments,
    ListLayers,
)
from onemanage.contracts.psd.fonts import Font, FontPage, GetFont, ListFonts
from onemanage.contracts.psd.merge_pictures import CutOutPage, ListCutOuts
from onemanage.contracts.psd.merges import (
    GetMerge,
    GetMergedRow,
    ListMergedRows,
    ListMerges,
    Merge,
    MergedRow,
    MergedRowPage,
    MergePage,
)
from onemanage.contracts.psd.renditions import (
    GetRendition,
    ListRenditions,
    Rendition,
    RenditionPage,
)
from onemanage.contracts.psd.search import FoundLayers, SearchLayers
from onemanage.contracts.psd.templates import (
    GetTemplate,
    ListTemplates,
    Template,
    TemplatePage,
)
from onemanage.platform.messaging.queries import QueryFailed, refuse_older_page
from onemanage.psd.handlers import Deps
from onemanage.psd.merges import cut_outs
from onemanage.psd.search import InvalidSearch
from onemanage.psd.slot_fonts import with_fonts


async def get_document(query: GetDocument, deps: Deps) -> Document:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.document(query.workspace_id, query.document_id)
    if found is None:
        text = f"There is no document {query.document_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_documents(query: ListDocuments, deps: Deps) -> DocumentPage:
    """A page of them, newest first."""
    refuse_older_page(query.before)
    return await deps.store.documents(query.workspace_id, query.limit, query.place)


async def list_layers(query: ListLayers, deps: Deps) -> LayerPage:
    """A page of them, in the document's order.

    Raises QueryFailed without the document.
    """
    await _must_exist(query.workspace_id, query.document_id, deps)
    return await deps.store.layers(query.document_id, query.limit, query.after)


async def get_layer(query: GetLayer, deps: Deps) -> Layer:
    """Raises QueryFailed where there is no such document or layer."""
    await _must_exist(query.workspace_id, query.document_id, deps)
    found = await deps.store.layer(query.document_id, query.layer_id)
    if found is None:
        text = f"Document {query.document_id} has no layer {query.layer_id}."
        raise QueryFailed("not_found", text)
    return found


async def search_layers(query: SearchLayers, deps: Deps) -> FoundLayers:
    """What is asked for, best first.

    Raises QueryFailed for a search that cannot be read.
    """
    if query.document_id is not None:
        await _must_exist(query.workspace_id, query.document_id, deps)
    try:
        return await deps.store.search(query)
    except InvalidSearch as error:
        raise QueryFailed("invalid", str(error)) from None


async def get_rendition(query: GetRendition, deps: Deps) -> Rendition:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.renditions.get(query.workspace_id, query.rendition_id)
    if found is None:
        text = f"There is no rendition {query.rendition_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_renditions(query: ListRenditions, deps: Deps) -> RenditionPage:
    """A page of them, newest first. Raises QueryFailed without the document."""
    refuse_older_page(query.before)
    await _must_exist(query.workspace_id, query.document_id, deps)
    return await deps.store.renditions.of_document(
        query.workspace_id, query.document_id, query.limit, query.place
    )


async def get_diff(query: GetDiff, deps: Deps) -> DocumentDiff:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.diffs.get(query.workspace_id, query.diff_id)
    if found is None:
        text = f"There is no diff {query.diff_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def get_template(query: GetTemplate, deps: Deps) -> Template:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.templates.get(
        query.workspace_id, query.template_id, query.revision
    )
    if found is None:
        text = f"There is no template {query.template_id} in this workspace."
        raise QueryFailed("not_found", text)
    return with_fonts(found, await deps.store.fonts.all(query.workspace_id))


async def list_templates(query: ListTemplates, deps: Deps) -> TemplatePage:
    """A page of them, newest first."""
    page = await deps.store.templates.page(
        query.workspace_id, query.limit, query.place, query.document_id
    )
    fonts = await deps.store.fonts.all(query.workspace_id)
    items = [with_fonts(item, fonts) for item in page.items]
    return TemplatePage(items=items, has_more=page.has_more)


async def get_font(query: GetFont, deps: Deps) -> Font:
    """Raises QueryFailed where the workspace has none of this id."""
    found = await deps.store.fonts.get(query.workspace_id, query.font_id)
    if found is None:
        text = f"There is no font {query.font_id} in this workspace."
        raise QueryFailed("not_found", text)
    return found


async def list_fonts(query: ListFonts, deps: Deps) -> FontPage:
    """A page of them, newest first."""
    return await deps.store.fonts.page(query.workspace_id, query.limit, query.place)


async def get_merge(query: GetMerge, deps: Deps) -> Merge:
    """Raises QueryFailed where the workspace has none of this id that has been looked
    through."""
    found = await deps.store.merges.get(query.workspace_id, query.merge_id)
    if found is None:
        raise QueryFailed("not_found", f"There are no rows of {query.merge_id} yet.")
    return found


async def list_merges(query: ListMerges, deps: Deps) -> MergePage:
    """A page of them, newest first."""
    return await deps.store.merges.page(
        query.workspace_id, query.template_id, query.limit, query.place
    )


async def list_merged_rows(query: ListMergedRows, deps: Deps) -> MergedRowPage:
    """A page of them, in their order; none where there is no such merge."""
    await _known_merge(query.workspace_id, query.merge_id, deps)
    return await deps.store.merges.rows(
        query.merge_id, query.after, query.limit, query.state
    )


async def get_merged_row(query: GetMergedRow, deps: Deps) -> MergedRow:
    """Raises QueryFailed where there is no such merge or row."""
    await _known_merge(query.workspace_id, query.merge_id, deps)
    before = query.number - 1
    page = await deps.store.merges.rows(query.merge_id, before, 1)
    if not page.items or page.items[0].number != query.number:
        text = f"Merge {query.merge_id} has no row {query.number}."
        raise QueryFailed("not_found", text)
    return page.items[0]


async def list_cut_outs(query: ListCutOuts, deps: Deps) -> CutOutPage:
    """Raises QueryFailed where there is no such merge."""
    try:
        return await cut_outs.others(deps.store, query)
    except InvalidInput as error:
        raise QueryFailed("not_found", error.message) from None


async def find_dependents(query: FindPsdDependents, deps: Deps) -> Dependents:
    """What stands on the things that are asked about."""
    return await deps.deletion.dependents(query)


async def _known_merge(workspace_id: str, merge_id: str, deps: Deps) -> None:
    try:
        await deps.store.merges.known(workspace_id, merge_id)
    except InvalidInput as error:
        raise QueryFailed("not_found", error.message) from None


async def _must_exist(workspace_id: str, document_id: str, deps: Deps) -> None:
    question = GetDocument(workspace_id=workspace_id, document_id=document_id)
    await get_document(question, deps)


QUERIES = (
    get_document,
    list_documents,
    list_layers,
    get_layer,
    search_layers,
    get_rendition,
    list_renditions,
    get_diff,
    get_template,
    list_templates,
    get_font,
    list_fonts,
    get_merge,
    list_merges,
    list_merged_rows,
    get_merged_row,
    list_cut_outs,
    find_dependents,
)
