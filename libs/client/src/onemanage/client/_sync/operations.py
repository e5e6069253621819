"""A method for each operation of the API.

Made by scripts/client.py from the API's description; do not change it by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from onemanage.client import types
from onemanage.client._sync.events import EventStream
from onemanage.client._sync.pages import Pages
from onemanage.client._sync.resource import Resource
from onemanage.client._sync.transfers import Content
from onemanage.client.model import Model
from onemanage.client.requests import (
    Request,
    beside,
    body,
    given,
    headers,
    rest,
    segment,
)
from onemanage.client.sources import Source, name_of

if TYPE_CHECKING:
    from onemanage.client._sync.client import OneManage


class DatasetsExports(Resource):
    """``client.datasets.exports``"""

    def create(
        self,
        dataset_id: str,
        *,
        format: Literal["csv", "parquet", "arrow", "xlsx"] | None = None,
        columns: Sequence[str] | None = None,
        filters: Sequence[types.FilterIn] | None = None,
        guard_formulas: bool | None = None,
        byte_order_mark: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DatasetExportResult]:
        """Write rows to one file. 200 with the result, or 202 and the task to follow.

        ``POST /v1/datasets/{dataset_id}/exports``

        ``columns``: In this order; all where none.

        ``guard_formulas``: Of CSV: an apostrophe before text that a spreadsheet
        would run.

        ``byte_order_mark``: Of CSV, for older spreadsheets.
        """
        request = Request(
            "POST",
            f"/v1/datasets/{segment(dataset_id)}/exports",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(
                format=format,
                columns=columns,
                filters=filters,
                guard_formulas=guard_formulas,
                byte_order_mark=byte_order_mark,
            ),
        )
        return self._ask(request, types.TaskOut[types.DatasetExportResult])

    def get(self, dataset_id: str, export_id: str) -> types.ExportOut:
        """What was exported, with the address of the file.

        ``GET /v1/datasets/{dataset_id}/exports/{export_id}``
        """
        request = Request(
            "GET", f"/v1/datasets/{segment(dataset_id)}/exports/{segment(export_id)}"
        )
        return self._ask(request, types.ExportOut)

    def delete(
        self,
        dataset_id: str,
        export_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """The file; the data set stays.

        ``DELETE /v1/datasets/{dataset_id}/exports/{export_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/datasets/{segment(dataset_id)}/exports/{segment(export_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def content(self, dataset_id: str, export_id: str) -> Content:
        """The file, under the data set's name.

        ``GET /v1/datasets/{dataset_id}/exports/{export_id}/content``
        """
        request = Request(
            "GET",
            f"/v1/datasets/{segment(dataset_id)}/exports/{segment(export_id)}/content",
        )
        return Content(self._transport, request)


class ImagesAnalyses(Resource):
    """``client.images.analyses``"""

    def create(
        self,
        *,
        file_id: str,
        include: Sequence[Literal["place"]] | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.AssetResult]:
        """Look at an image, again where somebody has before.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/images/analyses``

        ``include``: `place`: tell where it was taken too, and keep it in the
        analysis until the image is looked at again.
        """
        request = Request(
            "POST",
            "/v1/images/analyses",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(file_id=file_id, include=include),
        )
        return self._ask(request, types.TaskOut[types.AssetResult])

    def get(
        self, file_id: str, *, wait: float | None = None
    ) -> types.AssetOut | types.TaskOut[types.TaskResult]:
        """Size, colours, hashes, sharpness and faces of an image.

        One that nobody has looked at is looked at now: 200 when that is done within
        ``Prefer: wait=N`` (two seconds where not said), else 202 and the task to
        follow.

        ``GET /v1/images/analyses/{file_id}``
        """
        request = Request(
            "GET", f"/v1/images/analyses/{segment(file_id)}", headers=headers(wait=wait)
        )
        return self._ask(request, types.AssetOut, types.TaskOut[types.TaskResult])

    def delete(
        self,
        file_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """The file is found among similar ones no more.

        ``DELETE /v1/images/analyses/{file_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/images/analyses/{segment(file_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])


class ImagesBackgrounds(Resource):
    """``client.images.backgrounds``"""

    def create(
        self,
        *,
        file_id: str,
        spec: types.BackgroundSpec | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.BackgroundImageResult]:
        """Find the subject of a picture and give it another background, or none.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/images/backgrounds``

        ``spec``: See docs/imaging.md. `{}` cuts the subject out.
        """
        request = Request(
            "POST",
            "/v1/images/backgrounds",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(file_id=file_id, spec=spec),
        )
        return self._ask(request, types.TaskOut[types.BackgroundImageResult])

    def get(self, background_id: str) -> types.BackgroundOut:
        """What was made: how sure the mask is, and the addresses of the images.

        ``GET /v1/images/backgrounds/{background_id}``
        """
        request = Request("GET", f"/v1/images/backgrounds/{segment(background_id)}")
        return self._ask(request, types.BackgroundOut)

    def delete(
        self,
        background_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With its images.

        ``DELETE /v1/images/backgrounds/{background_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/images/backgrounds/{segment(background_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def image(self, background_id: str, name: str) -> Content:
        """``image``, or ``mask`` where it was asked for.

        ``GET /v1/images/backgrounds/{background_id}/images/{name}``
        """
        request = Request(
            "GET",
            f"/v1/images/backgrounds/{segment(background_id)}/images/{segment(name)}",
        )
        return Content(self._transport, request)


class ImagesBatches(Resource):
    """``client.images.batches``"""

    def create(
        self,
        *,
        file_ids: Sequence[str],
        recipe: types.Recipe | None = None,
        preset: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        background: types.BackgroundSpec | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.BatchResult]:
        """Treat up to 10,000 files alike: a task for each, and one for all of them.

        Always 202. The task of the whole tells how far all are; cancelling it
        cancels those that have not ended. When all have, it makes the contact sheet
        and ends.

        ``POST /v1/images/batches``

        ``recipe``: See docs/imaging.md.

        ``parameters``: Of the preset, by name; the others are as it says.

        ``background``: Instead of a recipe: the spec of a background.
        """
        request = Request(
            "POST",
            "/v1/images/batches",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(
                file_ids=file_ids,
                recipe=recipe,
                preset=preset,
                parameters=parameters,
                background=background,
            ),
        )
        return self._ask(request, types.TaskOut[types.BatchResult])

    def get(self, batch_id: str) -> types.BatchOut:
        """How far it is, the first hundred that failed, and the contact sheet.

        ``GET /v1/images/batches/{batch_id}``
        """
        request = Request("GET", f"/v1/images/batches/{segment(batch_id)}")
        return self._ask(request, types.BatchOut)

    def delete(
        self,
        batch_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With all the images that it has made. Its tasks keep what became of each.

        ``DELETE /v1/images/batches/{batch_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/images/batches/{segment(batch_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def tasks(
        self,
        batch_id: str,
        *,
        state: (
            Literal["queued", "running", "completed", "failed", "cancelled"] | None
        ) = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.TaskOut[types.TaskResult], types.TaskList]:
        """The tasks of its images, in the order in which the files were given.

        ``GET /v1/images/batches/{batch_id}/tasks``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/images/batches/{segment(batch_id)}/tasks",
            query=given(state=state, limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.TaskList, "items")

    def contact_sheet(self, batch_id: str) -> Content:
        """The first 120 images on one, once all have ended.

        ``GET /v1/images/batches/{batch_id}/contact-sheet``
        """
        request = Request(
            "GET", f"/v1/images/batches/{segment(batch_id)}/contact-sheet"
        )
        return Content(self._transport, request)

    def archive(self, batch_id: str) -> Content:
        """Every image that is there by now, a folder for each file, and batch.json.

        ``GET /v1/images/batches/{batch_id}/archive``
        """
        request = Request("GET", f"/v1/images/batches/{segment(batch_id)}/archive")
        return Content(self._transport, request)


class ImagesHosts(Resource):
    """``client.images.hosts``"""

    def get(self, workspace_id: str) -> types.HostsOut:
        """Whose images addresses of this workspace may name: nobody's, to begin with.

        ``GET /v1/workspaces/{workspace_id}/image-hosts``
        """
        request = Request("GET", f"/v1/workspaces/{segment(workspace_id)}/image-hosts")
        return self._ask(request, types.HostsOut)

    def set(
        self,
        workspace_id: str,
        *,
        hosts: Sequence[str],
        if_match: str | Model | None = None,
    ) -> types.HostsOut:
        """In place of those before, within a minute everywhere.

        A host that sends on to another one is trusted with that.

        ``PUT /v1/workspaces/{workspace_id}/image-hosts``
        """
        request = Request(
            "PUT",
            f"/v1/workspaces/{segment(workspace_id)}/image-hosts",
            headers=headers(if_match=if_match),
            json=given(hosts=hosts),
        )
        return self._ask(request, types.HostsOut)


class ImagesPresets(Resource):
    """``client.images.presets``"""

    def put(
        self,
        name: str,
        *,
        recipe: types.Recipe,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        extends: Sequence[str] | None = None,
        if_match: str | Model | None = None,
    ) -> types.PresetOut:
        """Save a recipe under a name: 201 where it is new, 200 where it was replaced.

        It is checked as it is when it is used, with the defaults of its parameters.
        What was made by it before stays; what extends it is another from now on.

        ``PUT /v1/images/presets/{name}``

        ``recipe``: See docs/imaging.md. `{"$": "width"}` in it is a parameter's
        place.

        ``parameters``: What may be said for the places of the recipe, by name:
        `default`, and `minimum`, `maximum`, `among`, `description`.

        ``extends``: Presets whose operations go before its own; what it does not
        say is as the last of them says.
        """
        request = Request(
            "PUT",
            f"/v1/images/presets/{segment(name)}",
            headers=headers(if_match=if_match),
            json=given(recipe=recipe, parameters=parameters, extends=extends),
        )
        return self._ask(request, types.PresetOut)

    def get(self, name: str) -> types.PresetOut:
        """The recipe, every default of what it names written out.

        ``GET /v1/images/presets/{name}``
        """
        request = Request("GET", f"/v1/images/presets/{segment(name)}")
        return self._ask(request, types.PresetOut)

    def delete(self, name: str, *, if_match: str | Model | None = None) -> None:
        """Tasks that were accepted with it are carried out all the same. One that
        others extend stays: 409.

        ``DELETE /v1/images/presets/{name}``
        """
        request = Request(
            "DELETE",
            f"/v1/images/presets/{segment(name)}",
            headers=headers(if_match=if_match),
        )
        self._do(request)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.PresetOut, types.PresetList]:
        """By name.

        ``GET /v1/images/presets``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/images/presets", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.PresetList, "items")


class ImagesSigningKeys(Resource):
    """``client.images.signing_keys``"""

    def create(
        self,
        *,
        name: str,
        covers: types.Covers | None = None,
        widths: Sequence[int] | None = None,
        heights: Sequence[int] | None = None,
        dprs: Sequence[float] | None = None,
        presets: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> types.NewSigningKeyOut:
        """Make a key that signs addresses of images of this workspace.

        Its secret is in this answer and never again, but to a repeat with the same
        Idempotency-Key. Two are good at the same time, so that one can take the
        place of the other.

        ``POST /v1/images/signing-keys``

        ``covers``: address: the signature is of everything behind it. source: of
        expiry and source alone; the recipe is free within the lists.

        ``widths``: Pixels that addresses may ask for. Empty: any of a key that
        covers the address, and none of one that covers the source.

        ``presets``: That addresses may name; as with widths.
        """
        request = Request(
            "POST",
            "/v1/images/signing-keys",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(
                name=name,
                covers=covers,
                widths=widths,
                heights=heights,
                dprs=dprs,
                presets=presets,
            ),
        )
        return self._ask(request, types.NewSigningKeyOut)

    def get(self, signing_key_id: str) -> types.SigningKeyOut:
        """What addresses that it signs may ask for.

        ``GET /v1/images/signing-keys/{signing_key_id}``
        """
        request = Request("GET", f"/v1/images/signing-keys/{segment(signing_key_id)}")
        return self._ask(request, types.SigningKeyOut)

    def revoke(
        self, signing_key_id: str, *, if_match: str | Model | None = None
    ) -> None:
        """Within two seconds its addresses are refused, but by caches that have them.

        ``DELETE /v1/images/signing-keys/{signing_key_id}``
        """
        request = Request(
            "DELETE",
            f"/v1/images/signing-keys/{segment(signing_key_id)}",
            headers=headers(if_match=if_match),
        )
        self._do(request)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.SigningKeyOut, types.SigningKeyList]:
        """The newest first, also those that are revoked.

        ``GET /v1/images/signing-keys``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/images/signing-keys", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.SigningKeyList, "items")


class ImagesTransformations(Resource):
    """``client.images.transformations``"""

    def create(
        self,
        source: Source | None = None,
        *,
        preset: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        recipe: types.Recipe | None = None,
        name: str | None = None,
        file_id: str | None = None,
        layer: types.LayerReference | None = None,
        url: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.TransformationResult]:
        """Carry out a recipe on an image.

        Outputs in the format ``auto`` follow the request's ``Accept``. 200 with the
        result when it is done within ``Prefer: wait=N`` (two seconds where not
        said), else 202 and the task to follow.

        ``POST /v1/images/transformations``

        ``parameters``: Of the preset, as JSON.

        ``recipe``: As JSON, of an image that is the body; or name a `preset`.

        ``url``: Of an image that anybody can read, without user and password. A
        query is sealed at once, and never stored, logged or told in the clear.
        """
        request = Request(
            "POST",
            "/v1/images/transformations",
            query=given(
                name=name or name_of(source),
                **beside(source, preset=preset, parameters=parameters, recipe=recipe),
            ),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            **body(
                source,
                given(
                    preset=preset,
                    parameters=parameters,
                    recipe=recipe,
                    file_id=file_id,
                    layer=layer,
                    url=url,
                ),
                ["file_id", "layer", "url"],
            ),
        )
        return self._ask(request, types.TaskOut[types.TransformationResult])

    def get(self, transformation_id: str) -> types.TransformationOut:
        """What was made, with the addresses of the images.

        ``GET /v1/images/transformations/{transformation_id}``
        """
        request = Request(
            "GET", f"/v1/images/transformations/{segment(transformation_id)}"
        )
        return self._ask(request, types.TransformationOut)

    def delete(
        self,
        transformation_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With its images, but for those that another transformation shows too.

        ``DELETE /v1/images/transformations/{transformation_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/images/transformations/{segment(transformation_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def image(self, transformation_id: str, name: str) -> Content:
        """The image of one variant.

        ``GET /v1/images/transformations/{transformation_id}/images/{name}``
        """
        request = Request(
            "GET",
            f"/v1/images/transformations/{segment(transformation_id)}/images/{segment(name)}",
        )
        return Content(self._transport, request)

    def archive(self, transformation_id: str) -> Content:
        """All variants, and transformation.json, in one zip.

        ``GET /v1/images/transformations/{transformation_id}/archive``
        """
        request = Request(
            "GET", f"/v1/images/transformations/{segment(transformation_id)}/archive"
        )
        return Content(self._transport, request)

    def list(
        self,
        *,
        file_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.TransformationOut, types.TransformationList]:
        """Newest first, of one file or of all.

        ``GET /v1/images/transformations``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            "/v1/images/transformations",
            query=given(file_id=file_id, limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.TransformationList, "items")


class ImportsPlans(Resource):
    """``client.imports.plans``"""

    def create(
        self,
        source: Source | None = None,
        *,
        name: str | None = None,
        remember: bool | None = None,
        file_id: str | None = None,
        file_ids: Sequence[str] | None = None,
        database: types.DatabaseIn | None = None,
        dialect: types.DialectBody | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.PlanOut | types.TaskOut[types.TaskResult]:
        """Look through files and propose tables, columns and types; nothing is loaded.

        200 with the plan when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow; the plan is then at its
        ``resource``.

        ``POST /v1/imports/plans``

        ``remember``: false: as if nothing had been imported before.

        ``file_ids``: Several in one import.

        ``dialect``: In place of what would be found out; what is not said of it
        still is.
        """
        request = Request(
            "POST",
            "/v1/imports/plans",
            query=given(name=name or name_of(source), remember=remember),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            **body(
                source,
                given(
                    file_id=file_id,
                    file_ids=file_ids,
                    database=database,
                    dialect=dialect,
                ),
                ["file_id", "file_ids", "database", "dialect"],
            ),
        )
        return self._ask(request, types.PlanOut, types.TaskOut[types.TaskResult])

    def get(self, plan_id: str) -> types.PlanOut:
        """Tables and options to change, with what was seen of each column.

        ``GET /v1/imports/plans/{plan_id}``
        """
        request = Request("GET", f"/v1/imports/plans/{segment(plan_id)}")
        return self._ask(request, types.PlanOut)

    def delete(
        self,
        plan_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """Imports that were made by it stay.

        ``DELETE /v1/imports/plans/{plan_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/imports/plans/{segment(plan_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])


class ImportsRejects(Resource):
    """``client.imports.rejects``"""

    def resubmit(
        self,
        import_id: str,
        source: Source | None = None,
        *,
        part: int | None = None,
        name: str | None = None,
        file_id: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.ImportResult]:
        """Load rejects that were put right, by the plan of the import that they are
        from.

        An import of its own, whose ``resubmits`` names the one before.

        ``POST /v1/imports/{import_id}/rejects``

        ``part``: Which of the import's tables, from 1. Needed where several had
        rejects.
        """
        request = Request(
            "POST",
            f"/v1/imports/{segment(import_id)}/rejects",
            query=given(part=part, name=name or name_of(source)),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            **body(source, given(file_id=file_id), ["file_id"]),
        )
        return self._ask(request, types.TaskOut[types.ImportResult])

    def delete(
        self,
        import_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """The rejected rows, of all its tables. The import says how many there were.

        ``DELETE /v1/imports/{import_id}/rejects``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/imports/{segment(import_id)}/rejects",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def content(
        self,
        import_id: str,
        *,
        part: int | None = None,
        guard_formulas: bool | None = None,
    ) -> Content:
        """Every rejected row as it was, with ``_line``, ``_column`` and ``_error``.

        ``GET /v1/imports/{import_id}/rejects.csv``

        ``part``: Which of the import's tables, from 1. Needed where several had
        rejects.

        ``guard_formulas``: Of CSV: an apostrophe before text that a spreadsheet
        would run. It is taken off again when the file is sent again.
        """
        request = Request(
            "GET",
            f"/v1/imports/{segment(import_id)}/rejects.csv",
            query=given(part=part, guard_formulas=guard_formulas),
        )
        return Content(self._transport, request)

    def list(
        self,
        import_id: str,
        *,
        part: int | None = None,
        table: str | None = None,
        reason: str | None = None,
        column: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        guard_formulas: bool | None = None,
    ) -> Pages[types.RejectOut, types.RejectList]:
        """The first 1,000 bad cells of each table. All bad rows are in the CSV, which
        ``Accept: text/csv`` asks for here too.

        ``GET /v1/imports/{import_id}/rejects``

        ``part``: Which of the import's tables, from 1. Needed where several had
        rejects.

        ``cursor``: next_cursor of the page before.

        ``guard_formulas``: Of CSV: an apostrophe before text that a spreadsheet
        would run. It is taken off again when the file is sent again.
        """
        request = Request(
            "GET",
            f"/v1/imports/{segment(import_id)}/rejects",
            query=given(
                part=part,
                table=table,
                reason=reason,
                column=column,
                limit=limit,
                cursor=cursor,
                guard_formulas=guard_formulas,
            ),
            headers=headers(Accept="application/json"),
        )
        return Pages(self._transport, request, types.RejectList, "items")


class PsdDiffs(Resource):
    """``client.psd.diffs``"""

    def create(
        self,
        *,
        before: str,
        after: str,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DocumentDiffResult]:
        """Compare two parsed documents, layer by layer and pixel by pixel.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/psd/diffs``

        ``before``: The older one.

        ``after``: The newer one.
        """
        request = Request(
            "POST",
            "/v1/psd/diffs",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(before=before, after=after),
        )
        return self._ask(request, types.TaskOut[types.DocumentDiffResult])

    def get(self, diff_id: str) -> types.DiffOut:
        """What has changed: every layer, and the regions where the pixels differ.

        ``GET /v1/psd/diffs/{diff_id}``
        """
        request = Request("GET", f"/v1/psd/diffs/{segment(diff_id)}")
        return self._ask(request, types.DiffOut)

    def delete(
        self,
        diff_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With its heat map.

        ``DELETE /v1/psd/diffs/{diff_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/psd/diffs/{segment(diff_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def image(self, diff_id: str) -> Content:
        """A PNG of the newer document in gray, with what has changed in colour.

        ``GET /v1/psd/diffs/{diff_id}/image``
        """
        request = Request("GET", f"/v1/psd/diffs/{segment(diff_id)}/image")
        return Content(self._transport, request)


class PsdDocuments(Resource):
    """``client.psd.documents``"""

    def create(
        self,
        source: Source | None = None,
        *,
        name: str | None = None,
        name_encoding: (
            Literal[
                "utf-8",
                "cp874",
                "cp932",
                "cp936",
                "cp949",
                "cp950",
                "cp1250",
                "cp1251",
                "cp1252",
                "cp1253",
                "cp1254",
                "cp1255",
                "cp1256",
                "cp1257",
                "cp1258",
                "mac-roman",
                "mac-latin2",
                "mac-cyrillic",
                "mac-greek",
                "mac-turkish",
            ]
            | None
        ) = None,
        file_id: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DocumentResult]:
        """Parse a document and export its layers and composite as PNG.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/psd/documents``

        ``name_encoding``: In which encoding to read names that have no Unicode
        form, as old programs and some painters' write them. It is guessed of all of
        them together where not said.
        """
        request = Request(
            "POST",
            "/v1/psd/documents",
            query=given(
                name=name or name_of(source),
                **beside(source, name_encoding=name_encoding),
            ),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            **body(
                source, given(name_encoding=name_encoding, file_id=file_id), ["file_id"]
            ),
        )
        return self._ask(request, types.TaskOut[types.DocumentResult])

    def get(self, document_id: str) -> types.DocumentOut:
        """Size, colours, and how many layers and images there are.

        ``GET /v1/psd/documents/{document_id}``
        """
        request = Request("GET", f"/v1/psd/documents/{segment(document_id)}")
        return self._ask(request, types.DocumentOut)

    def delete(
        self,
        document_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With its layers, images and previews; its file stays. Renditions, diffs and
        templates depend on it.

        ``DELETE /v1/psd/documents/{document_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/psd/documents/{segment(document_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def manifest(self, document_id: str) -> types.Manifest:
        """The whole document as one JSON: every layer with box, blend mode and image.

        ``GET /v1/psd/documents/{document_id}/manifest``
        """
        request = Request("GET", f"/v1/psd/documents/{segment(document_id)}/manifest")
        return self._ask(request, types.Manifest)

    def embedded_files(
        self, document_id: str
    ) -> Pages[types.EmbeddedFileOut, types.EmbeddedFileList]:
        """What the document's smart objects show; those with a ``url`` were embedded.

        ``GET /v1/psd/documents/{document_id}/files``
        """
        request = Request("GET", f"/v1/psd/documents/{segment(document_id)}/files")
        return Pages(self._transport, request, types.EmbeddedFileList, "items")

    def embedded_file(self, document_id: str, file_id: str) -> Content:
        """A file that a smart object embeds, as its author placed it.

        ``GET /v1/psd/documents/{document_id}/files/{file_id}``
        """
        request = Request(
            "GET", f"/v1/psd/documents/{segment(document_id)}/files/{segment(file_id)}"
        )
        return Content(self._transport, request)

    def composite(self, document_id: str) -> Content:
        """The whole document as a PNG in sRGB.

        ``GET /v1/psd/documents/{document_id}/composite``
        """
        request = Request("GET", f"/v1/psd/documents/{segment(document_id)}/composite")
        return Content(self._transport, request)

    def archive(self, document_id: str) -> Content:
        """Composite and layers as they were exported, and manifest.json, in one zip.

        ``GET /v1/psd/documents/{document_id}/archive``
        """
        request = Request("GET", f"/v1/psd/documents/{segment(document_id)}/archive")
        return Content(self._transport, request)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.DocumentOut, types.DocumentList]:
        """Newest first.

        ``GET /v1/psd/documents``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/psd/documents", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.DocumentList, "items")


class PsdLayers(Resource):
    """``client.psd.layers``"""

    def get(self, document_id: str, layer_id: int) -> types.LayerDetailsOut:
        """One layer with all that its details hold: text runs, effects, masks, fills.

        ``GET /v1/psd/documents/{document_id}/layers/{layer_id}``
        """
        request = Request(
            "GET",
            f"/v1/psd/documents/{segment(document_id)}/layers/{segment(layer_id)}",
        )
        return self._ask(request, types.LayerDetailsOut)

    def image(self, document_id: str, layer_id: int) -> Content:
        """The layer as a PNG in sRGB, trimmed to its own box, alpha kept.

        ``GET /v1/psd/documents/{document_id}/layers/{layer_id}/image``
        """
        request = Request(
            "GET",
            f"/v1/psd/documents/{segment(document_id)}/layers/{segment(layer_id)}/image",
        )
        return Content(self._transport, request)

    def list(
        self, document_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.LayerOut, types.LayerList]:
        """From the bottom of the tree to its top, groups before what they hold.

        ``GET /v1/psd/documents/{document_id}/layers``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/psd/documents/{segment(document_id)}/layers",
            query=given(limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.LayerList, "items")


class PsdRenditions(Resource):
    """``client.psd.renditions``"""

    def create(
        self,
        document_id: str,
        *,
        of: Literal["document", "layers", "slices"] | None = None,
        layers: types.LayersIn | None = None,
        show: Sequence[int] | None = None,
        hide: Sequence[int] | None = None,
        on_canvas: bool | None = None,
        rendered: bool | None = None,
        format: Literal["png", "webp", "avif", "jpeg", "tiff", "exr"] | None = None,
        depth: Literal[8, 16, 32] | None = None,
        color: Literal["srgb", "keep"] | None = None,
        lossless: bool | None = None,
        quality: int | None = None,
        scales: Sequence[float] | None = None,
        max_width: int | None = None,
        max_height: int | None = None,
        background: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.RenditionResult]:
        """Make images of a parsed document: the whole, layers or slices, in any size.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/psd/documents/{document_id}/renditions``

        ``of``: The whole, single layers, or the slices that somebody made (all of
        them where there are only automatic ones).

        ``layers``: Which ones, with `of: layers`.

        ``show``: Layers whose own eye is opened, with `of: document` or `slices`. A
        layer shows where the groups around it are shown too.

        ``hide``: Layers whose eye is closed.

        ``on_canvas``: Layers as large as the canvas and in their place; else
        trimmed.

        ``rendered``: Composed anew, with masks, effects and opacity. Else a layer's
        stored pixels, or the document's merged image where it has one. Groups and
        artboards are always composed.

        ``depth``: Bits a channel, 8 where not said: PNG has 8 and 16, TIFF 8, 16
        and 32, EXR 32, others 8. 32 are floats in linear light.

        ``color``: `keep`: the document's own colours with its ICC profile, where
        they are RGB, gray or (TIFF, JPEG) CMYK; else sRGB, and a warning.

        ``lossless``: With `format: webp`.

        ``quality``: Of WebP, AVIF and JPEG; 90 where not said.

        ``scales``: One image for each.

        ``max_width``: Pixels; images are made smaller to fit, never larger. Instead
        of `scales`.

        ``background``: Painted below, and there is no alpha then. JPEG, which has
        none, is on white where nothing else is said.
        """
        request = Request(
            "POST",
            f"/v1/psd/documents/{segment(document_id)}/renditions",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(
                of=of,
                layers=layers,
                show=show,
                hide=hide,
                on_canvas=on_canvas,
                rendered=rendered,
                format=format,
                depth=depth,
                color=color,
                lossless=lossless,
                quality=quality,
                scales=scales,
                max_width=max_width,
                max_height=max_height,
                background=background,
            ),
        )
        return self._ask(request, types.TaskOut[types.RenditionResult])

    def get(self, rendition_id: str) -> types.RenditionWithImages:
        """What was made, with the addresses of the images.

        ``GET /v1/psd/renditions/{rendition_id}``
        """
        request = Request("GET", f"/v1/psd/renditions/{segment(rendition_id)}")
        return self._ask(request, types.RenditionWithImages)

    def delete(
        self,
        rendition_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With all its images.

        ``DELETE /v1/psd/renditions/{rendition_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/psd/renditions/{segment(rendition_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def image(self, rendition_id: str, number: int) -> Content:
        """One image under its own name.

        ``GET /v1/psd/renditions/{rendition_id}/images/{number}``
        """
        request = Request(
            "GET",
            f"/v1/psd/renditions/{segment(rendition_id)}/images/{segment(number)}",
        )
        return Content(self._transport, request)

    def archive(self, rendition_id: str) -> Content:
        """All images under their names, and rendition.json, in one zip.

        ``GET /v1/psd/renditions/{rendition_id}/archive``
        """
        request = Request("GET", f"/v1/psd/renditions/{segment(rendition_id)}/archive")
        return Content(self._transport, request)

    def list(
        self, document_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.RenditionOut, types.RenditionList]:
        """Newest first.

        ``GET /v1/psd/documents/{document_id}/renditions``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/psd/documents/{segment(document_id)}/renditions",
            query=given(limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.RenditionList, "items")


class TemplatesRenders(Resource):
    """``client.templates.renders``"""

    def create(
        self,
        template_id: str,
        *,
        format: Literal["png", "webp", "avif", "jpeg"] | None = None,
        quality: int | None = None,
        width: int | None = None,
        height: int | None = None,
        background: str | None = None,
        values: Mapping[str, Any] | None = None,
        missing_fonts: Literal["fail", "substitute"] | None = None,
        idempotency_key: str | None = None,
    ) -> types.RenderOut:
        """Put values into the slots and answer with the picture.

        Made at once, or not at all: what takes longer is refused as
        ``template.heavy``, to be ordered as a merge. Warnings are in ``X-Image-
        Warnings``. With ``Accept: application/json`` the answer says where the
        picture is kept instead.

        ``POST /v1/templates/{template_id}/renders``

        ``quality``: Of webp, avif and jpeg; 90 if not said.

        ``width``: Pixels. Made smaller to fit within both, never larger.

        ``background``: Below the picture. JPEG is on white without.

        ``values``: By slot: a text for text, colour and choice, true or false for
        visibility, and for a picture an object with file_id, document_id (and
        layer_id), transformation_id or background_id (and image), or url. null
        hides the layer. A slot that is not named shows what the document shows.

        ``missing_fonts``: fail names all that are missing; substitute sets the text
        in others, and a warning names them.
        """
        request = Request(
            "POST",
            f"/v1/templates/{segment(template_id)}/renders",
            headers=headers(
                once=True, idempotency_key=idempotency_key, Accept="application/json"
            ),
            json=given(
                format=format,
                quality=quality,
                width=width,
                height=height,
                background=background,
                values=values,
                missing_fonts=missing_fonts,
            ),
        )
        return self._ask(request, types.RenderOut)

    def image(self, template_id: str, render_id: str) -> Content:
        """A picture that was made before, for as long as it is kept.

        ``GET /v1/templates/{template_id}/renders/{render_id}``
        """
        request = Request(
            "GET", f"/v1/templates/{segment(template_id)}/renders/{segment(render_id)}"
        )
        return Content(self._transport, request)


class WebhooksDeliveries(Resource):
    """``client.webhooks.deliveries``"""

    def get(self, webhook_id: str, delivery_id: str) -> types.DeliveryOut:
        """What became of one event.

        ``GET /v1/webhooks/{webhook_id}/deliveries/{delivery_id}``
        """
        request = Request(
            "GET",
            f"/v1/webhooks/{segment(webhook_id)}/deliveries/{segment(delivery_id)}",
        )
        return self._ask(request, types.DeliveryOut)

    def redeliver(
        self, webhook_id: str, delivery_id: str, *, idempotency_key: str | None = None
    ) -> types.DeliveryOut:
        """Send an event again, under its id; one that still waits, sooner.

        What is sent again waits for no other event of its task, and no other for
        it.

        ``POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver``
        """
        request = Request(
            "POST",
            f"/v1/webhooks/{segment(webhook_id)}/deliveries/{segment(delivery_id)}/redeliver",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.DeliveryOut)

    def list(
        self,
        webhook_id: str,
        *,
        state: types.State | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.DeliveryOut, types.DeliveryList]:
        """What was sent or is to be, the newest first, and what came of the last
        attempt.

        ``GET /v1/webhooks/{webhook_id}/deliveries``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/webhooks/{segment(webhook_id)}/deliveries",
            query=given(state=state, limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.DeliveryList, "items")


class Audit(Resource):
    """``client.audit``"""

    def list(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        object: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.AuditEntryOut, types.AuditEntryList]:
        """Who did what, the newest first: every request that changes something,
        logins, and what was refused to keys and people of the workspace.

        Nothing in it is ever changed. It is kept for 400 days (setting
        `AUDIT_DAYS`).

        ``GET /v1/audit``

        ``actor``: A user or API key.

        ``object``: Its id, or name.

        ``to``: Not included.

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            "/v1/audit",
            query=given(
                actor=actor,
                action=action,
                object=object,
                **{"from": from_},
                to=to,
                limit=limit,
                cursor=cursor,
            ),
        )
        return Pages(self._transport, request, types.AuditEntryList, "items")


class Datasets(Resource):
    """``client.datasets``"""

    def __init__(self, client: OneManage) -> None:
        super().__init__(client)
        self.exports = DatasetsExports(client)

    def get(self, dataset_id: str) -> types.DatasetWithColumns:
        """With its columns, in the table's order.

        ``GET /v1/datasets/{dataset_id}``
        """
        request = Request("GET", f"/v1/datasets/{segment(dataset_id)}")
        return self._ask(request, types.DatasetWithColumns)

    def drop(
        self,
        dataset_id: str,
        *,
        confirm: str | None = None,
        wait: float | None = None,
        if_match: str | Model | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DroppedDatasetResult]:
        """Delete the table with its snapshot, profile, exports and previews.

        There is no way back: what its imports have loaded is gone, and so is what
        replaces had kept for an undo.

        ``DELETE /v1/datasets/{dataset_id}``

        ``confirm``: The data set's name, to confirm.
        """
        request = Request(
            "DELETE",
            f"/v1/datasets/{segment(dataset_id)}",
            query=given(confirm=confirm),
            headers=headers(
                once=True, idempotency_key=idempotency_key, wait=wait, if_match=if_match
            ),
        )
        return self._ask(request, types.TaskOut[types.DroppedDatasetResult])

    def rows(
        self,
        dataset_id: str,
        *,
        filter: Sequence[str] | None = None,
        column: Sequence[str] | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[list[Any], types.RowList]:
        """As they were loaded, or sorted. A page of long values is shorter than asked
        for.

        Pages follow a key, so rows that come or go meanwhile shift nothing.

        ``GET /v1/datasets/{dataset_id}/rows``

        ``filter``: column:operator:value; several hold together. Operators: eq, ne,
        lt, le, gt, ge, in (a,b,c), contains and starts_with (of text, in any case),
        is_null.

        ``column``: Only these, in this order.

        ``sort``: column, or column:desc; NULL is last.

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/datasets/{segment(dataset_id)}/rows",
            query=given(
                filter=filter, column=column, sort=sort, limit=limit, cursor=cursor
            ),
        )
        return Pages(self._transport, request, types.RowList, "rows")

    def profile(self, dataset_id: str) -> types.ProfileOut:
        """What is in each column, over the whole table, as it was at ``taken_at``.

        ``GET /v1/datasets/{dataset_id}/profile``
        """
        request = Request("GET", f"/v1/datasets/{segment(dataset_id)}/profile")
        return self._ask(request, types.ProfileOut)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.DatasetOut, types.DatasetList]:
        """By name.

        ``GET /v1/datasets``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/datasets", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.DatasetList, "items")


class DeadLetters(Resource):
    """``client.dead_letters``"""

    def discard_all(
        self,
        *,
        confirm: str | None = None,
        reason: str | None = None,
        task_id: str | None = None,
        subject: str | None = None,
    ) -> types.DiscardedOut:
        """All that fit are gone for good. Without a filter it takes ``confirm=all``.

        ``DELETE /v1/dead-letters``

        ``subject``: Of the message; * and > as in NATS.
        """
        request = Request(
            "DELETE",
            "/v1/dead-letters",
            query=given(
                confirm=confirm, reason=reason, task_id=task_id, subject=subject
            ),
        )
        return self._ask(request, types.DiscardedOut)

    def get(self, letter_id: int) -> types.OpenedLetterOut:
        """With the traceback and the message itself.

        ``GET /v1/dead-letters/{letter_id}``
        """
        request = Request("GET", f"/v1/dead-letters/{segment(letter_id)}")
        return self._ask(request, types.OpenedLetterOut)

    def discard(self, letter_id: int) -> types.DiscardedOut:
        """It is gone for good. Its task stays as it is.

        ``DELETE /v1/dead-letters/{letter_id}``
        """
        request = Request("DELETE", f"/v1/dead-letters/{segment(letter_id)}")
        return self._ask(request, types.DiscardedOut)

    def replay(
        self, letter_id: int, *, idempotency_key: str | None = None
    ) -> types.ReplayedOut:
        """Run the failed task again, under its id; or give its handler the event
        again.

        A task then waits for its turn: follow it at its own address.

        ``POST /v1/dead-letters/{letter_id}/replay``
        """
        request = Request(
            "POST",
            f"/v1/dead-letters/{segment(letter_id)}/replay",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.ReplayedOut)

    def replay_all(
        self,
        *,
        reason: str | None = None,
        task_id: str | None = None,
        subject: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.ReplayedOut:
        """All that fit, one after the other; safe to ask for again.

        ``POST /v1/dead-letters/replay``

        ``subject``: Of the message; * and > as in NATS.
        """
        request = Request(
            "POST",
            "/v1/dead-letters/replay",
            query=given(reason=reason, task_id=task_id, subject=subject),
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.ReplayedOut)

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        reason: str | None = None,
        task_id: str | None = None,
        subject: str | None = None,
    ) -> Pages[types.LetterOut, types.LetterList]:
        """Oldest first.

        ``GET /v1/dead-letters``

        ``cursor``: next_cursor of the page before.

        ``subject``: Of the message; * and > as in NATS.
        """
        request = Request(
            "GET",
            "/v1/dead-letters",
            query=given(
                limit=limit,
                cursor=cursor,
                reason=reason,
                task_id=task_id,
                subject=subject,
            ),
        )
        return Pages(self._transport, request, types.LetterList, "items")


class Events(Resource):
    """``client.events``"""

    def follow(
        self,
        *,
        type: Sequence[str] | None = None,
        task_id: str | None = None,
        last_event_id: str | None = None,
    ) -> EventStream:
        """Server-sent events: what happens in the workspace, from now on or after an
        id.

        Each has its place in the stream of events as its `id`, and in `data` what
        it is by `type`. Ids of the last seven days are good for coming again: what
        was missed is told first, all of it and nothing twice. An event `reset` says
        that it is no longer known what was missed; one `closing` why the stream
        ends.

        With `task_id` it begins with the task, unless an id says otherwise, and
        ends with it; 204 to a client that has seen the end, which tells an
        EventSource to ask no more.

        ``GET /v1/events``

        ``type``: Of these types alone; `*` stands for any characters.
        """
        request = Request(
            "GET",
            "/v1/events",
            query=given(type=type, task_id=task_id),
            headers=headers(Last_Event_ID=last_event_id),
        )
        return EventStream(self._transport, request)


class Files(Resource):
    """``client.files``"""

    def upload_whole(
        self,
        source: Source,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.FileOut:
        """Stream a file to storage. Its type is read from its first bytes.

        ``POST /v1/files``
        """
        request = Request(
            "POST",
            "/v1/files",
            query=given(name=name or name_of(source)),
            headers=headers(once=True, idempotency_key=idempotency_key),
            source=source,
        )
        return self._ask(request, types.FileOut)

    def get(self, file_id: str) -> types.FileOut:
        """Its name, size, type and checksum, and the address of its bytes.

        ``GET /v1/files/{file_id}``
        """
        request = Request("GET", f"/v1/files/{segment(file_id)}")
        return self._ask(request, types.FileOut)

    def delete(
        self,
        file_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With its analysis. Documents, fonts, transformations, backgrounds and plans
        that were made of it depend on it; imports and their data sets do not.

        ``DELETE /v1/files/{file_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/files/{segment(file_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def content(self, file_id: str) -> Content:
        """The file as it was uploaded, under its name; a range of it where one is
        asked for.

        ``GET /v1/files/{file_id}/content``
        """
        request = Request("GET", f"/v1/files/{segment(file_id)}/content")
        return Content(self._transport, request)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.FileOut, types.FileList]:
        """Newest first.

        ``GET /v1/files``

        ``cursor``: next_cursor of the page before.
        """
        request = Request("GET", "/v1/files", query=given(limit=limit, cursor=cursor))
        return Pages(self._transport, request, types.FileList, "items")


class Fonts(Resource):
    """``client.fonts``"""

    def add(
        self,
        source: Source | None = None,
        *,
        name: str | None = None,
        file_id: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.FontResult]:
        """Keep a font for this workspace's templates: TTF, OTF, TTC or WOFF2.

        The same bytes twice are one font. 200 with the result when it is done
        within ``Prefer: wait=N`` (two seconds where not said), else 202 and the
        task to follow.

        ``POST /v1/fonts``
        """
        request = Request(
            "POST",
            "/v1/fonts",
            query=given(name=name or name_of(source)),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            **body(source, given(file_id=file_id), ["file_id"]),
        )
        return self._ask(request, types.TaskOut[types.FontResult])

    def get(self, font_id: str) -> types.FontOut:
        """Its faces, with the names that documents know them by.

        ``GET /v1/fonts/{font_id}``
        """
        request = Request("GET", f"/v1/fonts/{segment(font_id)}")
        return self._ask(request, types.FontOut)

    def delete(
        self,
        font_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """Templates that are set in it lack it from now on; its file stays.

        ``DELETE /v1/fonts/{font_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/fonts/{segment(font_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.FontOut, types.FontList]:
        """Newest first.

        ``GET /v1/fonts``

        ``cursor``: next_cursor of the page before.
        """
        request = Request("GET", "/v1/fonts", query=given(limit=limit, cursor=cursor))
        return Pages(self._transport, request, types.FontList, "items")


class Health(Resource):
    """``client.health``"""

    def live(self) -> types.HealthOut:
        """The process answers.

        ``GET /healthz``
        """
        request = Request("GET", "/healthz")
        return self._ask(request, types.HealthOut)

    def ready(self) -> types.HealthOut:
        """200 where everything it needs is there, else 503 and what is down.

        ``GET /readyz``
        """
        request = Request("GET", "/readyz", answered_with=503)
        return self._ask(request, types.HealthOut)

    def system(self) -> types.SystemOut:
        """Servers, workers, what waits for them, streams and handlers, at this moment.

        ``GET /v1/system``
        """
        request = Request("GET", "/v1/system")
        return self._ask(request, types.SystemOut)


class Images(Resource):
    """``client.images``"""

    def __init__(self, client: OneManage) -> None:
        super().__init__(client)
        self.signing_keys = ImagesSigningKeys(client)
        self.hosts = ImagesHosts(client)
        self.transformations = ImagesTransformations(client)
        self.backgrounds = ImagesBackgrounds(client)
        self.batches = ImagesBatches(client)
        self.analyses = ImagesAnalyses(client)
        self.presets = ImagesPresets(client)

    def image(
        self,
        source: str,
        recipe: str,
        *,
        download: Literal["1"] | None = None,
        errors: Literal["image"] | None = None,
        accept: str | None = None,
    ) -> Content:
        """What a recipe in the address makes of a source.

        Made at once, or not at all: what would take longer is to be ordered as a
        transformation. Without a format in the recipe it follows `Accept`.

        ``GET /v1/images/{source}/{recipe}``

        ``source``: fil_…, doc_…, doc_…:<layer>, tsf_…:<name>, bgd_… or
        url_<base64url of an address>.

        ``recipe``: See docs/imaging.md.

        ``download``: 1: to be saved, and not shown.

        ``errors``: image: 404, 410, 415 and 422 are told by a small picture.
        """
        request = Request(
            "GET",
            f"/v1/images/{segment(source)}/{rest(recipe)}",
            query=given(download=download, errors=errors),
            headers=headers(Accept=accept),
        )
        return Content(self._transport, request)

    def signed_image(
        self,
        signature: str,
        expiry: str,
        address: str,
        *,
        download: Literal["1"] | None = None,
        errors: Literal["image"] | None = None,
        accept: str | None = None,
    ) -> Content:
        """The same without an API key, for pages: a key of the workspace has signed
        it.

        ``GET /i/{signature}/{expiry}/{address}``

        ``expiry``: Seconds since 1970; 0: none.

        ``address``: {recipe}/{source}.{format}; recipe and format may be left out.

        ``download``: 1: to be saved, and not shown.

        ``errors``: image: 404, 410, 415 and 422 are told by a small picture.
        """
        request = Request(
            "GET",
            f"/i/{segment(signature)}/{segment(expiry)}/{rest(address)}",
            query=given(download=download, errors=errors),
            headers=headers(Accept=accept),
        )
        return Content(self._transport, request)

    def similar(
        self,
        *,
        file_id: str,
        distance: int | None = None,
        limit: int | None = None,
        wait: float | None = None,
    ) -> types.SimilarList | types.TaskOut[types.TaskResult]:
        """Images of the workspace that show nearly what this one does, nearest first.

        Among those that were looked at: ``searched`` of ``images``. ``distance`` is
        the number of bits of 256 that may differ. This one is looked at where
        nobody has, as its analysis is.

        ``GET /v1/images/similar``
        """
        request = Request(
            "GET",
            "/v1/images/similar",
            query=given(file_id=file_id, distance=distance, limit=limit),
            headers=headers(wait=wait),
        )
        return self._ask(request, types.SimilarList, types.TaskOut[types.TaskResult])


class Imports(Resource):
    """``client.imports``"""

    def __init__(self, client: OneManage) -> None:
        super().__init__(client)
        self.plans = ImportsPlans(client)
        self.rejects = ImportsRejects(client)

    def create(
        self,
        *,
        plan_id: str,
        tables: Sequence[types.TableBody] | None = None,
        options: types.OptionsBody | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.ImportResult]:
        """Load what a plan names: all of it in one transaction, or nothing.

        Bad rows are left out and named. 200 with the result when it is done within
        ``Prefer: wait=N`` (two seconds where not said), else 202 and the task to
        follow.

        ``POST /v1/imports``

        ``tables``: In place of all those of the plan; as it has them where left
        out.

        ``options``: In place of the plan's.
        """
        request = Request(
            "POST",
            "/v1/imports",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(plan_id=plan_id, tables=tables, options=options),
        )
        return self._ask(request, types.TaskOut[types.ImportResult])

    def get(self, import_id: str) -> types.ImportOut:
        """What became of each table, with counts of the rejects by reason.

        ``GET /v1/imports/{import_id}``
        """
        request = Request("GET", f"/v1/imports/{segment(import_id)}")
        return self._ask(request, types.ImportOut)

    def undo(
        self,
        import_id: str,
        *,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.ImportResult]:
        """Take away the rows that it appended, or bring back the table that it
        replaced.

        ``POST /v1/imports/{import_id}/undo``
        """
        request = Request(
            "POST",
            f"/v1/imports/{segment(import_id)}/undo",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.ImportResult])

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.ImportOut, types.ImportList]:
        """Newest first. What failed or was cancelled is among the tasks.

        ``GET /v1/imports``

        ``cursor``: next_cursor of the page before.
        """
        request = Request("GET", "/v1/imports", query=given(limit=limit, cursor=cursor))
        return Pages(self._transport, request, types.ImportList, "items")


class Invitations(Resource):
    """``client.invitations``"""

    def create(
        self,
        *,
        email: str,
        role: types.Role | None = None,
        idempotency_key: str | None = None,
    ) -> types.NewInvitationOut:
        """For a week, and once. The token is shown in this answer and never again;
        send it to the person. It takes the place of one that this address has not
        used.

        ``POST /v1/invitations``
        """
        request = Request(
            "POST",
            "/v1/invitations",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(email=email, role=role),
        )
        return self._ask(request, types.NewInvitationOut)

    def get(self, invitation_id: str) -> types.InvitationOut:
        """One that can be used, without its token.

        ``GET /v1/invitations/{invitation_id}``
        """
        request = Request("GET", f"/v1/invitations/{segment(invitation_id)}")
        return self._ask(request, types.InvitationOut)

    def withdraw(
        self, invitation_id: str, *, if_match: str | Model | None = None
    ) -> None:
        """Nobody can use it any more.

        ``DELETE /v1/invitations/{invitation_id}``
        """
        request = Request(
            "DELETE",
            f"/v1/invitations/{segment(invitation_id)}",
            headers=headers(if_match=if_match),
        )
        self._do(request)

    def accept(self, *, token: str, name: str, password: str) -> types.NewSessionOut:
        """Become a member, and log in.

        Whoever has an account with the invitation's address gives its password; for
        others an account is made with this name and password.

        ``POST /v1/invitations/accept``

        ``password``: 10 to 256 characters, of any kind.
        """
        request = Request(
            "POST",
            "/v1/invitations/accept",
            json=given(token=token, name=name, password=password),
        )
        return self._ask(request, types.NewSessionOut)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.InvitationOut, types.InvitationList]:
        """Those that can be used, the newest first.

        ``GET /v1/invitations``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/invitations", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.InvitationList, "items")


class Keys(Resource):
    """``client.keys``"""

    def create(
        self,
        *,
        name: str,
        scopes: Sequence[types.Scope] | None = None,
        expires_at: datetime | str | None = None,
        networks: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> types.NewApiKeyOut:
        """Make a key of this workspace. It is shown in this answer and never again,
        but to a repeat with the same Idempotency-Key.

        ``POST /v1/api-keys``
        """
        request = Request(
            "POST",
            "/v1/api-keys",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(
                name=name, scopes=scopes, expires_at=expires_at, networks=networks
            ),
        )
        return self._ask(request, types.NewApiKeyOut)

    def get(self, key_id: str) -> types.ApiKeyOut:
        """What it may do, and when it was last used.

        ``GET /v1/api-keys/{key_id}``
        """
        request = Request("GET", f"/v1/api-keys/{segment(key_id)}")
        return self._ask(request, types.ApiKeyOut)

    def revoke(self, key_id: str, *, if_match: str | Model | None = None) -> None:
        """Within two seconds it is good for nothing, everywhere.

        ``DELETE /v1/api-keys/{key_id}``
        """
        request = Request(
            "DELETE",
            f"/v1/api-keys/{segment(key_id)}",
            headers=headers(if_match=if_match),
        )
        self._do(request)

    def rotate(
        self, key_id: str, *, idempotency_key: str | None = None
    ) -> types.NewApiKeyOut:
        """A new key in its place; for an hour both are good.

        The new one has the same name, scopes, networks and expiry.

        ``POST /v1/api-keys/{key_id}/rotate``
        """
        request = Request(
            "POST",
            f"/v1/api-keys/{segment(key_id)}/rotate",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.NewApiKeyOut)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.ApiKeyOut, types.ApiKeyList]:
        """The newest first, also those that are revoked or have expired.

        ``GET /v1/api-keys``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/api-keys", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.ApiKeyList, "items")


class Limits(Resource):
    """``client.limits``"""

    def usage(
        self, *, from_: str | None = None, to: str | None = None
    ) -> types.UsageOut:
        """Limits of the workspace, what counts against them now, and what was used
        each day.

        Days are those of UTC, `from` and `to` among them: this month's where they
        are not said. They are kept for 400 days.

        ``GET /v1/usage``
        """
        request = Request("GET", "/v1/usage", query=given(**{"from": from_}, to=to))
        return self._ask(request, types.UsageOut)

    def get(self, workspace_id: str) -> types.WorkspaceLimitsOut:
        """Those in force: of one's own workspace, or of any to an operator.

        ``GET /v1/workspaces/{workspace_id}/limits``
        """
        request = Request("GET", f"/v1/workspaces/{segment(workspace_id)}/limits")
        return self._ask(request, types.WorkspaceLimitsOut)

    def set(
        self,
        workspace_id: str,
        *,
        key_requests_per_second: float | None = None,
        requests_per_second: float | None = None,
        images_per_second: float | None = None,
        uploads: int | None = None,
        stored_bytes: int | None = None,
        tasks_waiting: int | None = None,
        rows_per_day: int | None = None,
        rows_per_month: int | None = None,
        pixels_per_day: int | None = None,
        pixels_per_month: int | None = None,
        if_match: str | Model | None = None,
    ) -> types.WorkspaceLimitsOut:
        """Give a workspace limits of its own, in force within two seconds.

        They take the place of those it had. What is left out is as the installation
        has it; null is no limit.

        ``PUT /v1/workspaces/{workspace_id}/limits``
        """
        request = Request(
            "PUT",
            f"/v1/workspaces/{segment(workspace_id)}/limits",
            headers=headers(if_match=if_match),
            json=given(
                key_requests_per_second=key_requests_per_second,
                requests_per_second=requests_per_second,
                images_per_second=images_per_second,
                uploads=uploads,
                stored_bytes=stored_bytes,
                tasks_waiting=tasks_waiting,
                rows_per_day=rows_per_day,
                rows_per_month=rows_per_month,
                pixels_per_day=pixels_per_day,
                pixels_per_month=pixels_per_month,
            ),
        )
        return self._ask(request, types.WorkspaceLimitsOut)


class Me(Resource):
    """``client.me``"""

    def get(self) -> types.MeOut:
        """Who asks, where, and what they may do.

        ``GET /v1/me``
        """
        request = Request("GET", "/v1/me")
        return self._ask(request, types.MeOut)

    def change_password(self, *, old: str, new: str) -> None:
        """All other sessions of one's own end.

        ``PUT /v1/me/password``

        ``new``: 10 to 256 characters, of any kind.
        """
        request = Request("PUT", "/v1/me/password", json=given(old=old, new=new))
        self._do(request)

    def switch_workspace(self, *, workspace_id: str) -> types.WorkspaceOut:
        """Work in another workspace that one is a member of, in this session.

        ``PUT /v1/me/workspace``
        """
        request = Request(
            "PUT", "/v1/me/workspace", json=given(workspace_id=workspace_id)
        )
        return self._ask(request, types.WorkspaceOut)


class Members(Resource):
    """``client.members``"""

    def get(self, user_id: str) -> types.MemberOut:
        """Who it is, and their role.

        ``GET /v1/members/{user_id}``
        """
        request = Request("GET", f"/v1/members/{segment(user_id)}")
        return self._ask(request, types.MemberOut)

    def remove(self, user_id: str, *, if_match: str | Model | None = None) -> None:
        """Their sessions in this workspace end; within two seconds they are out.

        ``DELETE /v1/members/{user_id}``
        """
        request = Request(
            "DELETE",
            f"/v1/members/{segment(user_id)}",
            headers=headers(if_match=if_match),
        )
        self._do(request)

    def set_role(
        self, user_id: str, *, role: types.Role, if_match: str | Model | None = None
    ) -> types.MemberOut:
        """owner: everything; member: read and write; viewer: read.

        ``PUT /v1/members/{user_id}/role``
        """
        request = Request(
            "PUT",
            f"/v1/members/{segment(user_id)}/role",
            headers=headers(if_match=if_match),
            json=given(role=role),
        )
        return self._ask(request, types.MemberOut)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.MemberOut, types.MemberList]:
        """The newest first.

        ``GET /v1/members``

        ``cursor``: next_cursor of the page before.
        """
        request = Request("GET", "/v1/members", query=given(limit=limit, cursor=cursor))
        return Pages(self._transport, request, types.MemberList, "items")


class Merges(Resource):
    """``client.merges``"""

    def create(
        self,
        template_id: str,
        *,
        dataset_id: str | None = None,
        file_id: str | None = None,
        mapping: Mapping[str, str] | None = None,
        filters: Sequence[str] | None = None,
        outputs: Sequence[types.OutputBody] | None = None,
        name: str | None = None,
        on_empty: Literal["keep", "hide", "reject"] | None = None,
        missing_fonts: Literal["fail", "substitute"] | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.MergeResult]:
        """Make a picture of each row of a data set, or of a file: of 100,000 rows at
        most.

        Always 202. The task of the whole tells how far it is; cancelling it cancels
        what has not ended, and what is made stays. Rows that cannot be made are
        named and left out.

        ``POST /v1/templates/{template_id}/merges``

        ``file_id``: Instead of a data set: a table, read as an import reads it, of
        which the first sheet or member counts. Its values stay as they are written.

        ``mapping``: Slots, and the column that each takes its value from. A slot
        that is not named takes the column of the same name; where there is none, it
        shows what the document shows.

        ``filters``: Of a data set: column:operator:value, as its rows are filtered.

        ``name``: Of the pictures: columns in braces, {_number} and {_line}. What no
        file may be called becomes _, and a name that is taken gets -2, -3, ….

        ``on_empty``: What a slot shows where its value is empty: what the document
        shows, nothing, or the row is rejected.
        """
        request = Request(
            "POST",
            f"/v1/templates/{segment(template_id)}/merges",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(
                dataset_id=dataset_id,
                file_id=file_id,
                mapping=mapping,
                filters=filters,
                outputs=outputs,
                name=name,
                on_empty=on_empty,
                missing_fonts=missing_fonts,
            ),
        )
        return self._ask(request, types.TaskOut[types.MergeResult])

    def repeat(
        self, merge_id: str, *, idempotency_key: str | None = None
    ) -> types.TaskOut[types.MergeResult]:
        """The same once more, of the rows as they are now and by the template as it is
        now.

        Only rows whose values have changed are made; the others show the pictures
        that are there. Its result is a merge of its own.

        ``POST /v1/merges/{merge_id}/repeat``
        """
        request = Request(
            "POST",
            f"/v1/merges/{segment(merge_id)}/repeat",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.TaskOut[types.MergeResult])

    def resubmit(
        self, merge_id: str, *, file_id: str, idempotency_key: str | None = None
    ) -> types.TaskOut[types.MergeResult]:
        """Send the rejects file again, put right: a merge of those rows alone, with
        all else as it was ordered. Its rows keep their lines.

        ``POST /v1/merges/{merge_id}/rejects``
        """
        request = Request(
            "POST",
            f"/v1/merges/{segment(merge_id)}/rejects",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(file_id=file_id),
        )
        return self._ask(request, types.TaskOut[types.MergeResult])

    def rejects(self, merge_id: str) -> Content:
        """Every rejected row as it was, with ``_line``, ``_column`` and ``_error``: to
        be put right and sent again, by a POST to the same address.

        ``GET /v1/merges/{merge_id}/rejects``
        """
        request = Request("GET", f"/v1/merges/{segment(merge_id)}/rejects")
        return Content(self._transport, request)

    def get(self, merge_id: str) -> types.MergeOut:
        """How far it is, and where its results are.

        ``GET /v1/merges/{merge_id}``
        """
        request = Request("GET", f"/v1/merges/{segment(merge_id)}")
        return self._ask(request, types.MergeOut)

    def delete(
        self,
        merge_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """With the pictures that it has made, but for those that another merge shows
        too.

        ``DELETE /v1/merges/{merge_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/merges/{segment(merge_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def rows(
        self,
        merge_id: str,
        *,
        state: Literal["waiting", "completed", "rejected"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.MergedRowOut, types.MergedRowList]:
        """In the order of the table, with their pictures, warnings and errors.

        ``GET /v1/merges/{merge_id}/rows``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/merges/{segment(merge_id)}/rows",
            query=given(state=state, limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.MergedRowList, "items")

    def image(self, merge_id: str, row: int, image: str) -> Content:
        """A row's picture in one of the outputs, as the row names it: ``1.png``.

        ``GET /v1/merges/{merge_id}/rows/{row}/images/{image}``
        """
        request = Request(
            "GET",
            f"/v1/merges/{segment(merge_id)}/rows/{segment(row)}/images/{segment(image)}",
        )
        return Content(self._transport, request)

    def manifest(self, merge_id: str) -> Content:
        """A line for each row: its values, its pictures by their names in the archive,
        or why it has none.

        ``GET /v1/merges/{merge_id}/manifest.csv``
        """
        request = Request("GET", f"/v1/merges/{segment(merge_id)}/manifest.csv")
        return Content(self._transport, request)

    def manifest_as_parquet(self, merge_id: str) -> Content:
        """The same as Parquet.

        ``GET /v1/merges/{merge_id}/manifest.parquet``
        """
        request = Request("GET", f"/v1/merges/{segment(merge_id)}/manifest.parquet")
        return Content(self._transport, request)

    def contact_sheet(self, merge_id: str) -> Content:
        """The first 120 pictures on one, once all rows have ended.

        ``GET /v1/merges/{merge_id}/contact-sheet``
        """
        request = Request("GET", f"/v1/merges/{segment(merge_id)}/contact-sheet")
        return Content(self._transport, request)

    def archive(self, merge_id: str) -> Content:
        """Every picture that is there by now, by its row's name, and summary.json.

        ``GET /v1/merges/{merge_id}/archive``
        """
        request = Request("GET", f"/v1/merges/{segment(merge_id)}/archive")
        return Content(self._transport, request)

    def list(
        self, template_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.MergeOut, types.MergeList]:
        """Newest first; such as have been looked through.

        ``GET /v1/templates/{template_id}/merges``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            f"/v1/templates/{segment(template_id)}/merges",
            query=given(limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.MergeList, "items")


class Previews(Resource):
    """``client.previews``"""

    def delete(
        self,
        preview_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """Its link ends. POST /v1/previews makes it anew.

        ``DELETE /v1/previews/{preview_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/previews/{segment(preview_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def get(self, preview_id: str) -> types.PreviewOut:
        """With its link, until it expires.

        ``GET /v1/previews/{preview_id}``
        """
        request = Request("GET", f"/v1/previews/{segment(preview_id)}")
        return self._ask(request, types.PreviewOut)

    def publish(
        self,
        *,
        document_id: str | None = None,
        dataset_id: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.PublishedPreviewsResult]:
        """Make previews of a document or data set, or renew them for another 24 hours.

        ``POST /v1/previews``
        """
        request = Request(
            "POST",
            "/v1/previews",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(document_id=document_id, dataset_id=dataset_id),
        )
        return self._ask(request, types.TaskOut[types.PublishedPreviewsResult])

    def content(
        self, preview_id: str, *, workspace: str, expires: int, signature: str
    ) -> Content:
        """What a preview link shows. The signature in it stands for the API key.

        ``GET /v1/previews/{preview_id}/content``
        """
        request = Request(
            "GET",
            f"/v1/previews/{segment(preview_id)}/content",
            query=given(workspace=workspace, expires=expires, signature=signature),
        )
        return Content(self._transport, request)

    def list(
        self,
        *,
        document_id: str | None = None,
        dataset_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.PreviewOut, types.PreviewList]:
        """The live ones, the composite of a document before its layers.

        Of a data set its first rows as JSON, then a histogram of each column as
        SVG.

        ``GET /v1/previews``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            "/v1/previews",
            query=given(
                document_id=document_id,
                dataset_id=dataset_id,
                limit=limit,
                cursor=cursor,
            ),
        )
        return Pages(self._transport, request, types.PreviewList, "items")


class Psd(Resource):
    """``client.psd``"""

    def __init__(self, client: OneManage) -> None:
        super().__init__(client)
        self.documents = PsdDocuments(client)
        self.layers = PsdLayers(client)
        self.renditions = PsdRenditions(client)
        self.diffs = PsdDiffs(client)

    def search(
        self,
        *,
        q: str | None = None,
        font: str | None = None,
        color: str | None = None,
        tolerance: int | None = None,
        kind: Sequence[str] | None = None,
        document_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.FoundLayerOut, types.FoundLayerList]:
        """Best first: the name itself, names that begin with it, that hold it, the
        rest.

        At least one of ``q``, ``font``, ``color`` and ``kind``; all that are given
        hold.

        ``GET /v1/psd/search``

        ``q``: Words, all of which stand in name and text, as parts of words too.

        ``font``: PostScript name or family, whole.

        ``color``: One of the layer's colours; # is %23 in an address, or left out.

        ``tolerance``: By how much red, green and blue may each differ, of 255.

        ``kind``: Any of pixel, group, artboard, type, shape, smartobject,
        adjustment, fill; give it again for more.

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            "/v1/psd/search",
            query=given(
                q=q,
                font=font,
                color=color,
                tolerance=tolerance,
                kind=kind,
                document_id=document_id,
                limit=limit,
                cursor=cursor,
            ),
        )
        return Pages(self._transport, request, types.FoundLayerList, "items")


class Retention(Resource):
    """``client.retention``"""

    def get(self, workspace_id: str) -> types.RetentionOut:
        """Of the workspace that is worked in.

        ``GET /v1/workspaces/{workspace_id}/retention``
        """
        request = Request("GET", f"/v1/workspaces/{segment(workspace_id)}/retention")
        return self._ask(request, types.RetentionOut)

    def set(
        self,
        workspace_id: str,
        *,
        file: int | None = None,
        document: int | None = None,
        rendition: int | None = None,
        diff: int | None = None,
        merge: int | None = None,
        transformation: int | None = None,
        background: int | None = None,
        analysis: int | None = None,
        plan: int | None = None,
        export: int | None = None,
        if_match: str | Model | None = None,
    ) -> types.RetentionOut:
        """In place of what was said before; off where neither says anything.

        What is older goes within a day. What a task needs that has not ended stays
        until the next time.

        ``PUT /v1/workspaces/{workspace_id}/retention``

        ``file``: After which they are deleted, with what was made of them; null:
        never. What is left out is as the installation has it.

        ``document``: After which they are deleted, with what was made of them;
        null: never. What is left out is as the installation has it.

        ``rendition``: After which they are deleted, with what was made of them;
        null: never. What is left out is as the installation has it.

        ``diff``: After which they are deleted, with what was made of them; null:
        never. What is left out is as the installation has it.

        ``merge``: After which they are deleted, with what was made of them; null:
        never. What is left out is as the installation has it.

        ``transformation``: After which they are deleted, with what was made of
        them; null: never. What is left out is as the installation has it.

        ``background``: After which they are deleted, with what was made of them;
        null: never. What is left out is as the installation has it.

        ``analysis``: After which they are deleted, with what was made of them;
        null: never. What is left out is as the installation has it.

        ``plan``: After which they are deleted, with what was made of them; null:
        never. What is left out is as the installation has it.

        ``export``: After which they are deleted, with what was made of them; null:
        never. What is left out is as the installation has it.
        """
        request = Request(
            "PUT",
            f"/v1/workspaces/{segment(workspace_id)}/retention",
            headers=headers(if_match=if_match),
            json=given(
                file=file,
                document=document,
                rendition=rendition,
                diff=diff,
                merge=merge,
                transformation=transformation,
                background=background,
                analysis=analysis,
                plan=plan,
                export=export,
            ),
        )
        return self._ask(request, types.RetentionOut)


class Sessions(Resource):
    """``client.sessions``"""

    def log_in(
        self, *, email: str, password: str, workspace_id: str | None = None
    ) -> types.NewSessionOut:
        """Begin a session by e-mail and password.

        Twelve hours without use end it, and seven days whatever happens (settings
        `SESSION_IDLE_SECONDS`, `SESSION_SECONDS`). Too many wrong passwords are
        answered 429 for a while.

        ``POST /v1/sessions``
        """
        request = Request(
            "POST",
            "/v1/sessions",
            json=given(email=email, password=password, workspace_id=workspace_id),
        )
        return self._ask(request, types.NewSessionOut)

    def end_all(self) -> None:
        """Log out everywhere, here too.

        ``DELETE /v1/sessions``
        """
        request = Request("DELETE", "/v1/sessions")
        self._do(request)

    def get(self, session_id: str) -> types.SessionOut:
        """One of one's own.

        ``GET /v1/sessions/{session_id}``
        """
        request = Request("GET", f"/v1/sessions/{segment(session_id)}")
        return self._ask(request, types.SessionOut)

    def end(self, session_id: str) -> None:
        """Log out, here or elsewhere.

        ``DELETE /v1/sessions/{session_id}``
        """
        request = Request("DELETE", f"/v1/sessions/{segment(session_id)}")
        self._do(request)

    def create_code(self, *, idempotency_key: str | None = None) -> types.NewCodeOut:
        """One's own, for a quarter of an hour and once: the address /console#code=…
        signs a browser in by it. It is shown in this answer and never again.

        ``POST /v1/sign-in-codes``
        """
        request = Request(
            "POST",
            "/v1/sign-in-codes",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.NewCodeOut)

    def exchange_code(self, *, code: str) -> types.NewSessionOut:
        """Begin a session by a code.

        ``POST /v1/sign-in-codes/exchange``
        """
        request = Request("POST", "/v1/sign-in-codes/exchange", json=given(code=code))
        return self._ask(request, types.NewSessionOut)

    def set_cookie(self) -> None:
        """Have the browser send this API key or token as its cookie, which no script
        can read, until it is closed.

        ``PUT /v1/me/cookie``
        """
        request = Request("PUT", "/v1/me/cookie")
        self._do(request)

    def forget_cookie(self) -> None:
        """Have the browser forget it. A session goes on; `DELETE /v1/sessions/{id}`
        ends it.

        ``DELETE /v1/me/cookie``
        """
        request = Request("DELETE", "/v1/me/cookie")
        self._do(request)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.SessionOut, types.SessionList]:
        """One's own in all workspaces, the newest first.

        ``GET /v1/sessions``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/sessions", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.SessionList, "items")


class Tasks(Resource):
    """``client.tasks``"""

    def get(self, task_id: str) -> types.TaskOut[types.TaskResult]:
        """As it stands: state, progress, and what it has made or why it failed.

        ``GET /v1/tasks/{task_id}``
        """
        request = Request("GET", f"/v1/tasks/{segment(task_id)}")
        return self._ask(request, types.TaskOut[types.TaskResult])

    def cancel(
        self, task_id: str, *, wait: float | None = None
    ) -> types.TaskOut[types.TaskResult]:
        """Stop a task; nothing of what it was making remains.

        200 once it is cancelled, also for one that was before; 202 where that takes
        longer than ``Prefer: wait=N`` (two seconds where not said).

        ``DELETE /v1/tasks/{task_id}``
        """
        request = Request(
            "DELETE", f"/v1/tasks/{segment(task_id)}", headers=headers(wait=wait)
        )
        return self._ask(request, types.TaskOut[types.TaskResult])

    def retry(
        self,
        task_id: str,
        *,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.TaskResult]:
        """Run a failed task once more, under the same id, on the input it had.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/tasks/{task_id}/retry``
        """
        request = Request(
            "POST",
            f"/v1/tasks/{segment(task_id)}/retry",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.TaskResult])

    def watch(self, task_id: str, *, last_event_id: str | None = None) -> EventStream:
        """Server-sent events: the task as it stands, then each event, then the end.

        204 to a client that has seen the end, which tells an EventSource to ask no
        more. The stream ends, too, within seconds of the key being revoked.

        ``GET /v1/tasks/{task_id}/events``
        """
        request = Request(
            "GET",
            f"/v1/tasks/{segment(task_id)}/events",
            headers=headers(Last_Event_ID=last_event_id),
        )
        return EventStream(self._transport, request)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.TaskOut[types.TaskResult], types.TaskList]:
        """Newest first.

        ``GET /v1/tasks``

        ``cursor``: next_cursor of the page before.
        """
        request = Request("GET", "/v1/tasks", query=given(limit=limit, cursor=cursor))
        return Pages(self._transport, request, types.TaskList, "items")


class Templates(Resource):
    """``client.templates``"""

    def __init__(self, client: OneManage) -> None:
        super().__init__(client)
        self.renders = TemplatesRenders(client)

    def create(
        self,
        *,
        document_id: str,
        name: str | None = None,
        changes: Sequence[types.SlotChangeBody] | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.TemplateResult]:
        """Find the slots of a parsed document: tags in names and texts, and
        Photoshop's own variables.

        200 with the result when it is done within ``Prefer: wait=N`` (two seconds
        where not said), else 202 and the task to follow.

        ``POST /v1/templates``

        ``name``: The document's where not said.

        ``changes``: To the slots that are found, in this order.
        """
        request = Request(
            "POST",
            "/v1/templates",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(document_id=document_id, name=name, changes=changes),
        )
        return self._ask(request, types.TaskOut[types.TemplateResult])

    def get(self, template_id: str) -> types.TemplateOut:
        """Its slots: where each is, what it shows now, which fonts it lacks.

        ``GET /v1/templates/{template_id}``
        """
        request = Request("GET", f"/v1/templates/{segment(template_id)}")
        return self._ask(request, types.TemplateOut)

    def change(
        self,
        template_id: str,
        *,
        name: str | None = None,
        changes: Sequence[types.SlotChangeBody] | None = None,
        wait: float | None = None,
        if_match: str | Model | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.TemplateResult]:
        """Rename it; add, rename, change or remove slots. That is a new revision.

        What was ordered by the revision so far is carried out by that. Of two
        changes at once one is refused: 412 where it came with ``If-Match``, else
        the task fails with ``template.changed_meanwhile``.

        ``PATCH /v1/templates/{template_id}``

        ``changes``: To the slots, in this order.
        """
        request = Request(
            "PATCH",
            f"/v1/templates/{segment(template_id)}",
            headers=headers(
                once=True, idempotency_key=idempotency_key, wait=wait, if_match=if_match
            ),
            json=given(name=name, changes=changes),
        )
        return self._ask(request, types.TaskOut[types.TemplateResult])

    def delete(
        self,
        template_id: str,
        *,
        cascade: bool | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """In all its revisions, with the pictures that are kept of it; the document
        stays.

        ``DELETE /v1/templates/{template_id}``

        ``cascade``: Take along what was made of it.
        """
        request = Request(
            "DELETE",
            f"/v1/templates/{segment(template_id)}",
            query=given(cascade=cascade),
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def list(
        self,
        *,
        document_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.TemplateOut, types.TemplateList]:
        """Newest first.

        ``GET /v1/templates``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET",
            "/v1/templates",
            query=given(document_id=document_id, limit=limit, cursor=cursor),
        )
        return Pages(self._transport, request, types.TemplateList, "items")


class Tiles(Resource):
    """``client.tiles``"""

    def info(
        self, source: str, *, wait: float | None = None
    ) -> types.ImageInfoOut | types.TaskOut[types.TaskResult]:
        """What a viewer needs to know of a picture and its tiles.

        Whoever asks first has them made: 200 when that is done within ``Prefer:
        wait=N`` (two seconds where not said), else 202 and the task to follow.

        ``GET /v1/tiles/{source}/info.json``

        ``source``: fil_…, doc_… (the composite), doc_…:<layer>, tsf_…:<name>,
        bgd_….
        """
        request = Request(
            "GET", f"/v1/tiles/{segment(source)}/info.json", headers=headers(wait=wait)
        )
        return self._ask(request, types.ImageInfoOut, types.TaskOut[types.TaskResult])

    def tile(self, source: str, region: str, size: str, file: str) -> Content:
        """One of the tiles that the image information tells of; ``full/max`` is the
        whole picture in one.

        ``GET /v1/tiles/{source}/{region}/{size}/0/{file}``

        ``source``: fil_…, doc_… (the composite), doc_…:<layer>, tsf_…:<name>,
        bgd_….

        ``region``: full, or left,top,width,height in pixels of the picture.

        ``size``: max, or width,height of the tile.

        ``file``: default.webp where the picture has alpha, else default.jpg.
        """
        request = Request(
            "GET",
            f"/v1/tiles/{segment(source)}/{segment(region)}/{segment(size)}/0/{segment(file)}",
        )
        return Content(self._transport, request)

    def signed_info(
        self, tiles_signature: str, expiry: str, source: str
    ) -> types.ImageInfoOut:
        """What a viewer needs to know of a picture whose tiles are made.

        ``GET /i/{tiles_signature}/{expiry}/tiles/{source}/info.json``

        ``expiry``: Seconds since 1970; 0: none.

        ``source``: fil_…, doc_… (the composite), doc_…:<layer>, tsf_…:<name>,
        bgd_….
        """
        request = Request(
            "GET",
            f"/i/{segment(tiles_signature)}/{segment(expiry)}/tiles/{segment(source)}/info.json",
        )
        return self._ask(request, types.ImageInfoOut)

    def signed_tile(
        self,
        tiles_signature: str,
        expiry: str,
        source: str,
        region: str,
        size: str,
        file: str,
    ) -> Content:
        """The same tile without an API key, for viewers in pages.

        ``GET
        /i/{tiles_signature}/{expiry}/tiles/{source}/{region}/{size}/0/{file}``

        ``expiry``: Seconds since 1970; 0: none.

        ``source``: fil_…, doc_… (the composite), doc_…:<layer>, tsf_…:<name>,
        bgd_….

        ``region``: full, or left,top,width,height in pixels of the picture.

        ``size``: max, or width,height of the tile.

        ``file``: default.webp where the picture has alpha, else default.jpg.
        """
        request = Request(
            "GET",
            f"/i/{segment(tiles_signature)}/{segment(expiry)}/tiles/{segment(source)}/{segment(region)}/{segment(size)}/0/{segment(file)}",
        )
        return Content(self._transport, request)


class Uploads(Resource):
    """``client.uploads``"""

    def begin(
        self,
        *,
        name: str,
        size: int,
        sha256: str | None = None,
        part_size: int | None = None,
        media_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.BegunUploadOut:
        """Begin to send a file in parts. Each part is PUT to an address of storage
        itself.

        ``POST /v1/uploads``

        ``sha256``: What the whole file has, as 64 hex digits; checked at the end.

        ``size``: Bytes.

        ``part_size``: Bytes of each part but the last. 16 MiB where it is left out,
        or more where that would be more than 10,000 parts.

        ``media_type``: Fail at the end where the first bytes say something else.
        """
        request = Request(
            "POST",
            "/v1/uploads",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(
                sha256=sha256,
                name=name,
                size=size,
                part_size=part_size,
                media_type=media_type,
            ),
        )
        return self._ask(request, types.BegunUploadOut)

    def get(self, upload_id: str) -> types.UploadOut:
        """How far it is: what it is to become, and in which state it is.

        ``GET /v1/uploads/{upload_id}``
        """
        request = Request("GET", f"/v1/uploads/{segment(upload_id)}")
        return self._ask(request, types.UploadOut)

    def abort(self, upload_id: str) -> None:
        """Give it up; what storage has of it is deleted. One that is being completed
        is stopped by its task.

        ``DELETE /v1/uploads/{upload_id}``
        """
        request = Request("DELETE", f"/v1/uploads/{segment(upload_id)}")
        self._do(request)

    def parts(
        self, upload_id: str, *, from_: int | None = None, limit: int | None = None
    ) -> Pages[types.PartOut, types.PartList]:
        """Which parts have arrived, and where to PUT those that have not.

        It needs ``write``: whoever has such an address can write that part. Asking
        keeps the upload from being taken for abandoned.

        ``GET /v1/uploads/{upload_id}/parts``

        ``from_``: A part's number.
        """
        request = Request(
            "GET",
            f"/v1/uploads/{segment(upload_id)}/parts",
            query=given(**{"from": from_}, limit=limit),
        )
        return Pages(self._transport, request, types.PartList, "items")

    def complete(
        self,
        upload_id: str,
        *,
        sha256: str | None = None,
        wait: float | None = None,
        idempotency_key: str | None = None,
    ) -> types.TaskOut[types.UploadedFileResult]:
        """Make a file of the parts: joined, measured, hashed, its type read.

        A second time it is the same task. What turns out to be another file than
        was announced fails it, and is deleted.

        ``POST /v1/uploads/{upload_id}/complete``

        ``sha256``: What the whole file has, as 64 hex digits; checked at the end.
        """
        request = Request(
            "POST",
            f"/v1/uploads/{segment(upload_id)}/complete",
            headers=headers(once=True, idempotency_key=idempotency_key, wait=wait),
            json=given(sha256=sha256),
        )
        return self._ask(request, types.TaskOut[types.UploadedFileResult])

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.UploadOut, types.UploadList]:
        """Newest first; those that have ended are kept for a week.

        ``GET /v1/uploads``

        ``cursor``: next_cursor of the page before.
        """
        request = Request("GET", "/v1/uploads", query=given(limit=limit, cursor=cursor))
        return Pages(self._transport, request, types.UploadList, "items")


class Webhooks(Resource):
    """``client.webhooks``"""

    def __init__(self, client: OneManage) -> None:
        super().__init__(client)
        self.deliveries = WebhooksDeliveries(client)

    def create(
        self,
        *,
        url: str,
        events: Sequence[str],
        description: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.NewWebhookOut:
        """Send events of this workspace to an address, from now on.

        The secret that signs them is in this answer and never again, but to a
        repeat with the same Idempotency-Key.

        ``POST /v1/webhooks``

        ``url``: Where events are posted to: http or https, on a public network,
        without user and password. A query is sealed, and never shown again.

        ``events``: Names of events; `*` stands for one or more parts. Progress is
        sent where a pattern ends in `.progress` alone.
        """
        request = Request(
            "POST",
            "/v1/webhooks",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(url=url, events=events, description=description),
        )
        return self._ask(request, types.NewWebhookOut)

    def get(self, webhook_id: str) -> types.WebhookOut:
        """How it is set up, and whether it works.

        ``GET /v1/webhooks/{webhook_id}``
        """
        request = Request("GET", f"/v1/webhooks/{segment(webhook_id)}")
        return self._ask(request, types.WebhookOut)

    def change(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        if_match: str | Model | None = None,
    ) -> types.WebhookOut:
        """Change what is named; what waits goes to the address that it has then.

        ``PATCH /v1/webhooks/{webhook_id}``

        ``enabled``: false: nothing more is recorded, and what waits is kept. true:
        it is sent again, what waits at once.
        """
        request = Request(
            "PATCH",
            f"/v1/webhooks/{segment(webhook_id)}",
            headers=headers(if_match=if_match),
            json=given(
                url=url, events=events, description=description, enabled=enabled
            ),
        )
        return self._ask(request, types.WebhookOut)

    def delete(self, webhook_id: str, *, if_match: str | Model | None = None) -> None:
        """Nothing more is sent there; its deliveries are gone, too.

        ``DELETE /v1/webhooks/{webhook_id}``
        """
        request = Request(
            "DELETE",
            f"/v1/webhooks/{segment(webhook_id)}",
            headers=headers(if_match=if_match),
        )
        self._do(request)

    def rotate(
        self, webhook_id: str, *, idempotency_key: str | None = None
    ) -> types.NewWebhookOut:
        """A new secret; for a day the one so far signs, too, beside it.

        Where that one has leaked, rotate once more: of two, the older signs no
        longer.

        ``POST /v1/webhooks/{webhook_id}/rotate``
        """
        request = Request(
            "POST",
            f"/v1/webhooks/{segment(webhook_id)}/rotate",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.NewWebhookOut)

    def test(
        self, webhook_id: str, *, idempotency_key: str | None = None
    ) -> types.DeliveryOut:
        """Send an event of the type webhook.test; Location says what became of it.

        ``POST /v1/webhooks/{webhook_id}/test``
        """
        request = Request(
            "POST",
            f"/v1/webhooks/{segment(webhook_id)}/test",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.DeliveryOut)

    def list(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[types.WebhookOut, types.WebhookList]:
        """The newest first.

        ``GET /v1/webhooks``

        ``cursor``: next_cursor of the page before.
        """
        request = Request(
            "GET", "/v1/webhooks", query=given(limit=limit, cursor=cursor)
        )
        return Pages(self._transport, request, types.WebhookList, "items")


class Workspaces(Resource):
    """``client.workspaces``"""

    def create(
        self, *, name: str, owner_email: str, idempotency_key: str | None = None
    ) -> types.NewWorkspaceOut:
        """Make one, and an invitation for who is to own it.

        ``POST /v1/workspaces``
        """
        request = Request(
            "POST",
            "/v1/workspaces",
            headers=headers(once=True, idempotency_key=idempotency_key),
            json=given(name=name, owner_email=owner_email),
        )
        return self._ask(request, types.NewWorkspaceOut)

    def get(self, workspace_id: str) -> types.WorkspaceOut:
        """One of those.

        ``GET /v1/workspaces/{workspace_id}``
        """
        request = Request("GET", f"/v1/workspaces/{segment(workspace_id)}")
        return self._ask(request, types.WorkspaceOut)

    def delete(
        self,
        workspace_id: str,
        *,
        confirm: str | None = None,
        wait: float | None = None,
    ) -> types.TaskOut[types.DeletedResult]:
        """Close it at once, and take everything: files, tables, keys, members, tasks.

        For its owners, and for operators. The task stands in the operator's
        workspace. It begins once what was ordered in the other one has stopped, and
        ends with counts.

        ``DELETE /v1/workspaces/{workspace_id}``

        ``confirm``: The workspace's name, to confirm.
        """
        request = Request(
            "DELETE",
            f"/v1/workspaces/{segment(workspace_id)}",
            query=given(confirm=confirm),
            headers=headers(wait=wait),
        )
        return self._ask(request, types.TaskOut[types.DeletedResult])

    def rename(
        self, workspace_id: str, *, name: str, if_match: str | Model | None = None
    ) -> types.WorkspaceOut:
        """The one that is worked in.

        ``PUT /v1/workspaces/{workspace_id}/name``
        """
        request = Request(
            "PUT",
            f"/v1/workspaces/{segment(workspace_id)}/name",
            headers=headers(if_match=if_match),
            json=given(name=name),
        )
        return self._ask(request, types.WorkspaceOut)

    def suspend(
        self, workspace_id: str, *, idempotency_key: str | None = None
    ) -> types.WorkspaceOut:
        """Let nobody in until it is resumed; within two seconds. What was ordered is
        done.

        ``POST /v1/workspaces/{workspace_id}/suspend``
        """
        request = Request(
            "POST",
            f"/v1/workspaces/{segment(workspace_id)}/suspend",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.WorkspaceOut)

    def resume(
        self, workspace_id: str, *, idempotency_key: str | None = None
    ) -> types.WorkspaceOut:
        """Let its people and keys in again.

        ``POST /v1/workspaces/{workspace_id}/resume``
        """
        request = Request(
            "POST",
            f"/v1/workspaces/{segment(workspace_id)}/resume",
            headers=headers(once=True, idempotency_key=idempotency_key),
        )
        return self._ask(request, types.WorkspaceOut)

    def list(self) -> Pages[types.WorkspaceOut, types.WorkspaceList]:
        """Those one is a member of; of an API key its own.

        ``GET /v1/workspaces``
        """
        request = Request("GET", "/v1/workspaces")
        return Pages(self._transport, request, types.WorkspaceList, "items")
