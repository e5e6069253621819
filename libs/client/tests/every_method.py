"""Each method of the client, used once, both async and sync.

Made by scripts/client.py from the API's description; do not change it by hand. mypy and
pyright check it strictly, and a test calls each and looks at what was asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from onemanage.client import AsyncOneManage, Event, OneManage, types


async def async_upload_file(client: AsyncOneManage) -> types.FileOut:
    return await client.files.upload_whole(
        b"bytes", name="poster.psd", idempotency_key="once"
    )


async def async_list_files(client: AsyncOneManage) -> types.FileList:
    return await client.files.list().first_page()


async def async_get_file(client: AsyncOneManage) -> types.FileOut:
    return await client.files.get("fil_00000000000000000000000000000000")


async def async_delete_file(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.files.delete(
        "fil_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_file_content(client: AsyncOneManage) -> bytes:
    return await client.files.content("fil_00000000000000000000000000000000").read()


async def async_begin_upload(client: AsyncOneManage) -> types.BegunUploadOut:
    return await client.uploads.begin(
        sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        name="orders.parquet",
        size=5368709120,
        part_size=16777216,
        media_type="application/vnd.apache.parquet",
        idempotency_key="once",
    )


async def async_list_uploads(client: AsyncOneManage) -> types.UploadList:
    return await client.uploads.list().first_page()


async def async_get_upload(client: AsyncOneManage) -> types.UploadOut:
    return await client.uploads.get("upl_00000000000000000000000000000000")


async def async_abort_upload(client: AsyncOneManage) -> None:
    await client.uploads.abort("upl_00000000000000000000000000000000")


async def async_list_upload_parts(client: AsyncOneManage) -> types.PartList:
    return await client.uploads.parts(
        "upl_00000000000000000000000000000000"
    ).first_page()


async def async_complete_upload(
    client: AsyncOneManage,
) -> types.TaskOut[types.UploadedFileResult]:
    return await client.uploads.complete(
        "upl_00000000000000000000000000000000",
        sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        wait=10,
        idempotency_key="once",
    )


async def async_create_document(
    client: AsyncOneManage,
) -> types.TaskOut[types.DocumentResult]:
    return await client.psd.documents.create(
        b"bytes",
        name="poster.psd",
        name_encoding="cp936",
        wait=10,
        idempotency_key="once",
    )


async def async_list_documents(client: AsyncOneManage) -> types.DocumentList:
    return await client.psd.documents.list().first_page()


async def async_get_document(client: AsyncOneManage) -> types.DocumentOut:
    return await client.psd.documents.get("doc_00000000000000000000000000000000")


async def async_delete_document(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.psd.documents.delete(
        "doc_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_manifest(client: AsyncOneManage) -> types.Manifest:
    return await client.psd.documents.manifest("doc_00000000000000000000000000000000")


async def async_list_embedded_files(client: AsyncOneManage) -> types.EmbeddedFileList:
    return await client.psd.documents.embedded_files(
        "doc_00000000000000000000000000000000"
    ).first_page()


async def async_get_embedded_file(client: AsyncOneManage) -> bytes:
    return await client.psd.documents.embedded_file(
        "doc_00000000000000000000000000000000", "large"
    ).read()


async def async_get_composite(client: AsyncOneManage) -> bytes:
    return await client.psd.documents.composite(
        "doc_00000000000000000000000000000000"
    ).read()


async def async_list_layers(client: AsyncOneManage) -> types.LayerList:
    return await client.psd.layers.list(
        "doc_00000000000000000000000000000000"
    ).first_page()


async def async_get_layer(client: AsyncOneManage) -> types.LayerDetailsOut:
    return await client.psd.layers.get("doc_00000000000000000000000000000000", 7)


async def async_get_layer_image(client: AsyncOneManage) -> bytes:
    return await client.psd.layers.image(
        "doc_00000000000000000000000000000000", 7
    ).read()


async def async_search_layers(client: AsyncOneManage) -> types.FoundLayerList:
    return await client.psd.search(
        q="button",
        font="Montserrat-Bold",
        color="ff8800",
        tolerance=8,
        kind=["type"],
        document_id="doc_00000000000000000000000000000000",
    ).first_page()


async def async_create_rendition(
    client: AsyncOneManage,
) -> types.TaskOut[types.RenditionResult]:
    return await client.psd.renditions.create(
        "doc_00000000000000000000000000000000",
        of="layers",
        layers={"kinds": ["group"]},
        format="webp",
        depth=8,
        color="srgb",
        scales=[1, 2],
        background="#ffffff",
        wait=10,
        idempotency_key="once",
    )


async def async_list_renditions(client: AsyncOneManage) -> types.RenditionList:
    return await client.psd.renditions.list(
        "doc_00000000000000000000000000000000"
    ).first_page()


async def async_get_rendition(client: AsyncOneManage) -> types.RenditionWithImages:
    return await client.psd.renditions.get("rnd_00000000000000000000000000000000")


async def async_delete_rendition(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.psd.renditions.delete(
        "rnd_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_rendition_image(client: AsyncOneManage) -> bytes:
    return await client.psd.renditions.image(
        "rnd_00000000000000000000000000000000", 1
    ).read()


async def async_get_rendition_archive(client: AsyncOneManage) -> bytes:
    return await client.psd.renditions.archive(
        "rnd_00000000000000000000000000000000"
    ).read()


async def async_get_document_archive(client: AsyncOneManage) -> bytes:
    return await client.psd.documents.archive(
        "doc_00000000000000000000000000000000"
    ).read()


async def async_create_diff(
    client: AsyncOneManage,
) -> types.TaskOut[types.DocumentDiffResult]:
    return await client.psd.diffs.create(
        before="doc_00000000000000000000000000000000",
        after="doc_11111111111111111111111111111111",
        wait=10,
        idempotency_key="once",
    )


async def async_get_diff(client: AsyncOneManage) -> types.DiffOut:
    return await client.psd.diffs.get("dif_00000000000000000000000000000000")


async def async_delete_diff(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.psd.diffs.delete(
        "dif_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_diff_image(client: AsyncOneManage) -> bytes:
    return await client.psd.diffs.image("dif_00000000000000000000000000000000").read()


async def async_list_tasks(client: AsyncOneManage) -> types.TaskList:
    return await client.tasks.list().first_page()


async def async_get_task(client: AsyncOneManage) -> types.TaskOut[types.TaskResult]:
    return await client.tasks.get("tsk_00000000000000000000000000000000")


async def async_cancel_task(client: AsyncOneManage) -> types.TaskOut[types.TaskResult]:
    return await client.tasks.cancel("tsk_00000000000000000000000000000000", wait=10)


async def async_retry_task(client: AsyncOneManage) -> types.TaskOut[types.TaskResult]:
    return await client.tasks.retry(
        "tsk_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_watch_task(client: AsyncOneManage) -> Event | None:
    async for event in client.tasks.watch("tsk_00000000000000000000000000000000"):
        return event
    return None


async def async_follow_events(client: AsyncOneManage) -> Event | None:
    async for event in client.events.follow(
        type=["*.completed", "psd.*"], task_id="tsk_00000000000000000000000000000000"
    ):
        return event
    return None


async def async_create_template(
    client: AsyncOneManage,
) -> types.TaskOut[types.TemplateResult]:
    return await client.templates.create(
        document_id="doc_00000000000000000000000000000000",
        name="Sale",
        wait=10,
        idempotency_key="once",
    )


async def async_list_templates(client: AsyncOneManage) -> types.TemplateList:
    return await client.templates.list(
        document_id="doc_00000000000000000000000000000000"
    ).first_page()


async def async_get_template(client: AsyncOneManage) -> types.TemplateOut:
    return await client.templates.get("tpl_00000000000000000000000000000000")


async def async_change_template(
    client: AsyncOneManage,
) -> types.TaskOut[types.TemplateResult]:
    return await client.templates.change(
        "tpl_00000000000000000000000000000000",
        changes=[{"name": "headline", "rules": {"overflow": "shrink"}}],
        wait=10,
        if_match='"version"',
        idempotency_key="once",
    )


async def async_delete_template(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.templates.delete(
        "tpl_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_create_render(client: AsyncOneManage) -> types.RenderOut:
    return await client.templates.renders.create(
        "tpl_00000000000000000000000000000000",
        format="png",
        width=1200,
        background="#ffffff",
        values={
            "badge": True,
            "headline": "Summer sale",
            "photo": {"file_id": "fil_00000000000000000000000000000000"},
            "price": "€ 19",
        },
        missing_fonts="fail",
        idempotency_key="once",
    )


async def async_get_render(client: AsyncOneManage) -> bytes:
    return await client.templates.renders.image(
        "tpl_00000000000000000000000000000000", "rdr_00000000000000000000000000000000"
    ).read()


async def async_create_merge(
    client: AsyncOneManage,
) -> types.TaskOut[types.MergeResult]:
    return await client.merges.create(
        "tpl_00000000000000000000000000000000",
        dataset_id="dst_00000000000000000000000000000000",
        file_id="fil_00000000000000000000000000000000",
        mapping={"headline": "title"},
        filters=["lang:eq:en"],
        name="{sku}-{lang}",
        on_empty="reject",
        missing_fonts="fail",
        idempotency_key="once",
    )


async def async_list_merges(client: AsyncOneManage) -> types.MergeList:
    return await client.merges.list("tpl_00000000000000000000000000000000").first_page()


async def async_repeat_merge(
    client: AsyncOneManage,
) -> types.TaskOut[types.MergeResult]:
    return await client.merges.repeat(
        "mrg_00000000000000000000000000000000", idempotency_key="once"
    )


async def async_resubmit_merge_rejects(
    client: AsyncOneManage,
) -> types.TaskOut[types.MergeResult]:
    return await client.merges.resubmit(
        "mrg_00000000000000000000000000000000",
        file_id="fil_00000000000000000000000000000000",
        idempotency_key="once",
    )


async def async_get_merge_rejects(client: AsyncOneManage) -> bytes:
    return await client.merges.rejects("mrg_00000000000000000000000000000000").read()


async def async_get_merge(client: AsyncOneManage) -> types.MergeOut:
    return await client.merges.get("mrg_00000000000000000000000000000000")


async def async_delete_merge(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.merges.delete(
        "mrg_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_list_merged_rows(client: AsyncOneManage) -> types.MergedRowList:
    return await client.merges.rows(
        "mrg_00000000000000000000000000000000", state="waiting"
    ).first_page()


async def async_get_merged_image(client: AsyncOneManage) -> bytes:
    return await client.merges.image(
        "mrg_00000000000000000000000000000000", 1, "large"
    ).read()


async def async_get_merge_manifest(client: AsyncOneManage) -> bytes:
    return await client.merges.manifest("mrg_00000000000000000000000000000000").read()


async def async_get_merge_manifest_as_parquet(client: AsyncOneManage) -> bytes:
    return await client.merges.manifest_as_parquet(
        "mrg_00000000000000000000000000000000"
    ).read()


async def async_get_merge_contact_sheet(client: AsyncOneManage) -> bytes:
    return await client.merges.contact_sheet(
        "mrg_00000000000000000000000000000000"
    ).read()


async def async_get_merge_archive(client: AsyncOneManage) -> bytes:
    return await client.merges.archive("mrg_00000000000000000000000000000000").read()


async def async_add_font(client: AsyncOneManage) -> types.TaskOut[types.FontResult]:
    return await client.fonts.add(
        b"bytes", name="Brand-Bold.otf", wait=10, idempotency_key="once"
    )


async def async_list_fonts(client: AsyncOneManage) -> types.FontList:
    return await client.fonts.list().first_page()


async def async_get_font(client: AsyncOneManage) -> types.FontOut:
    return await client.fonts.get("fnt_00000000000000000000000000000000")


async def async_delete_font(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.fonts.delete(
        "fnt_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_create_import_plan(
    client: AsyncOneManage,
) -> types.PlanOut | types.TaskOut[types.TaskResult]:
    return await client.imports.plans.create(
        b"bytes", name="orders.csv", wait=10, idempotency_key="once"
    )


async def async_get_import_plan(client: AsyncOneManage) -> types.PlanOut:
    return await client.imports.plans.get("pln_00000000000000000000000000000000")


async def async_delete_import_plan(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.imports.plans.delete(
        "pln_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_list_rejects(client: AsyncOneManage) -> types.RejectList:
    return await client.imports.rejects.list(
        "imp_00000000000000000000000000000000",
        part=1,
        table="orders",
        reason="not_a_date",
        column="ordered_on",
    ).first_page()


async def async_resubmit_rejects(
    client: AsyncOneManage,
) -> types.TaskOut[types.ImportResult]:
    return await client.imports.rejects.resubmit(
        "imp_00000000000000000000000000000000",
        b"bytes",
        part=1,
        name="rejects.csv",
        wait=10,
        idempotency_key="once",
    )


async def async_delete_rejects(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.imports.rejects.delete(
        "imp_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_download_rejects(client: AsyncOneManage) -> bytes:
    return await client.imports.rejects.content(
        "imp_00000000000000000000000000000000", part=1
    ).read()


async def async_create_import(
    client: AsyncOneManage,
) -> types.TaskOut[types.ImportResult]:
    return await client.imports.create(
        plan_id="pln_00000000000000000000000000000000",
        options={"keys": ["order_id"], "mode": "upsert"},
        wait=10,
        idempotency_key="once",
    )


async def async_list_imports(client: AsyncOneManage) -> types.ImportList:
    return await client.imports.list().first_page()


async def async_get_import(client: AsyncOneManage) -> types.ImportOut:
    return await client.imports.get("imp_00000000000000000000000000000000")


async def async_undo_import(
    client: AsyncOneManage,
) -> types.TaskOut[types.ImportResult]:
    return await client.imports.undo(
        "imp_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_list_datasets(client: AsyncOneManage) -> types.DatasetList:
    return await client.datasets.list().first_page()


async def async_get_dataset(client: AsyncOneManage) -> types.DatasetWithColumns:
    return await client.datasets.get("dst_00000000000000000000000000000000")


async def async_drop_dataset(
    client: AsyncOneManage,
) -> types.TaskOut[types.DroppedDatasetResult]:
    return await client.datasets.drop(
        "dst_00000000000000000000000000000000",
        wait=10,
        if_match='"version"',
        idempotency_key="once",
    )


async def async_list_rows(client: AsyncOneManage) -> types.RowList:
    return await client.datasets.rows(
        "dst_00000000000000000000000000000000",
        filter=["price:ge:10"],
        sort="price:desc",
    ).first_page()


async def async_get_profile(client: AsyncOneManage) -> types.ProfileOut:
    return await client.datasets.profile("dst_00000000000000000000000000000000")


async def async_create_export(
    client: AsyncOneManage,
) -> types.TaskOut[types.DatasetExportResult]:
    return await client.datasets.exports.create(
        "dst_00000000000000000000000000000000",
        format="csv",
        wait=10,
        idempotency_key="once",
    )


async def async_get_export(client: AsyncOneManage) -> types.ExportOut:
    return await client.datasets.exports.get(
        "dst_00000000000000000000000000000000", "exp_00000000000000000000000000000000"
    )


async def async_delete_export(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.datasets.exports.delete(
        "dst_00000000000000000000000000000000",
        "exp_00000000000000000000000000000000",
        wait=10,
        idempotency_key="once",
    )


async def async_get_export_content(client: AsyncOneManage) -> bytes:
    return await client.datasets.exports.content(
        "dst_00000000000000000000000000000000", "exp_00000000000000000000000000000000"
    ).read()


async def async_get_image_info(
    client: AsyncOneManage,
) -> types.ImageInfoOut | types.TaskOut[types.TaskResult]:
    return await client.tiles.info("doc_00000000000000000000000000000000", wait=10)


async def async_get_tile(client: AsyncOneManage) -> bytes:
    return await client.tiles.tile(
        "doc_00000000000000000000000000000000", "full", "max", "default.jpg"
    ).read()


async def async_get_signed_image_info(client: AsyncOneManage) -> types.ImageInfoOut:
    return await client.tiles.signed_info(
        "9f3c01ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "doc_00000000000000000000000000000000",
    )


async def async_get_signed_tile(client: AsyncOneManage) -> bytes:
    return await client.tiles.signed_tile(
        "9f3c01ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "doc_00000000000000000000000000000000",
        "full",
        "max",
        "default.jpg",
    ).read()


async def async_get_image(client: AsyncOneManage) -> bytes:
    return await client.images.image(
        "fil_00000000000000000000000000000000", "w_400,f_webp", accept="image/webp"
    ).read()


async def async_get_signed_image(client: AsyncOneManage) -> bytes:
    return await client.images.signed_image(
        "9f3c01ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "w_400/fil_00000000000000000000000000000000.webp",
        accept="image/webp",
    ).read()


async def async_create_signing_key(client: AsyncOneManage) -> types.NewSigningKeyOut:
    return await client.images.signing_keys.create(
        name="shop",
        widths=[400, 800, 1600],
        dprs=[1, 2],
        presets=["shop-thumb"],
        idempotency_key="once",
    )


async def async_list_signing_keys(client: AsyncOneManage) -> types.SigningKeyList:
    return await client.images.signing_keys.list().first_page()


async def async_get_signing_key(client: AsyncOneManage) -> types.SigningKeyOut:
    return await client.images.signing_keys.get("isk_00000000000000000000000000000000")


async def async_revoke_signing_key(client: AsyncOneManage) -> None:
    await client.images.signing_keys.revoke(
        "isk_00000000000000000000000000000000", if_match='"version"'
    )


async def async_get_image_hosts(client: AsyncOneManage) -> types.HostsOut:
    return await client.images.hosts.get("wsp_00000000000000000000000000000000")


async def async_set_image_hosts(client: AsyncOneManage) -> types.HostsOut:
    return await client.images.hosts.set(
        "wsp_00000000000000000000000000000000",
        hosts=["cdn.example.org", "*.example.com"],
        if_match='"version"',
    )


async def async_create_transformation(
    client: AsyncOneManage,
) -> types.TaskOut[types.TransformationResult]:
    return await client.images.transformations.create(
        b"bytes", preset="thumbs", name="shoe.jpg", wait=10, idempotency_key="once"
    )


async def async_list_transformations(
    client: AsyncOneManage,
) -> types.TransformationList:
    return await client.images.transformations.list(
        file_id="fil_00000000000000000000000000000000"
    ).first_page()


async def async_get_transformation(client: AsyncOneManage) -> types.TransformationOut:
    return await client.images.transformations.get(
        "tsf_00000000000000000000000000000000"
    )


async def async_delete_transformation(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.images.transformations.delete(
        "tsf_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_transformed_image(client: AsyncOneManage) -> bytes:
    return await client.images.transformations.image(
        "tsf_00000000000000000000000000000000", "large"
    ).read()


async def async_get_transformation_archive(client: AsyncOneManage) -> bytes:
    return await client.images.transformations.archive(
        "tsf_00000000000000000000000000000000"
    ).read()


async def async_create_background(
    client: AsyncOneManage,
) -> types.TaskOut[types.BackgroundImageResult]:
    return await client.images.backgrounds.create(
        file_id="fil_00000000000000000000000000000000",
        spec={
            "fill": {"color": "#ffffff", "type": "solid"},
            "placement": {"aspect": "1:1", "margin": 0.05},
            "shadow": {"opacity": 0.4},
        },
        wait=10,
        idempotency_key="once",
    )


async def async_get_background(client: AsyncOneManage) -> types.BackgroundOut:
    return await client.images.backgrounds.get("bgd_00000000000000000000000000000000")


async def async_delete_background(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.images.backgrounds.delete(
        "bgd_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_background_image(client: AsyncOneManage) -> bytes:
    return await client.images.backgrounds.image(
        "bgd_00000000000000000000000000000000", "large"
    ).read()


async def async_create_batch(
    client: AsyncOneManage,
) -> types.TaskOut[types.BatchResult]:
    return await client.images.batches.create(
        file_ids=["fil_00000000000000000000000000000000"],
        recipe={
            "operations": [{"mode": "fit", "op": "resize", "width": 1200}],
            "variants": [
                {"name": "large", "output": {"format": "webp", "quality": 82}},
                {
                    "name": "thumb",
                    "operations": [
                        {"height": 200, "mode": "fill", "op": "resize", "width": 200}
                    ],
                    "output": {"format": "jpeg"},
                },
            ],
        },
        preset="shop-thumb",
        parameters={"width": 300},
        background={"fill": {"color": "#ffffff", "type": "solid"}},
        idempotency_key="once",
    )


async def async_get_batch(client: AsyncOneManage) -> types.BatchOut:
    return await client.images.batches.get("bat_00000000000000000000000000000000")


async def async_delete_batch(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.images.batches.delete(
        "bat_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_list_batch_tasks(client: AsyncOneManage) -> types.TaskList:
    return await client.images.batches.tasks(
        "bat_00000000000000000000000000000000", state="queued"
    ).first_page()


async def async_get_contact_sheet(client: AsyncOneManage) -> bytes:
    return await client.images.batches.contact_sheet(
        "bat_00000000000000000000000000000000"
    ).read()


async def async_get_batch_archive(client: AsyncOneManage) -> bytes:
    return await client.images.batches.archive(
        "bat_00000000000000000000000000000000"
    ).read()


async def async_create_analysis(
    client: AsyncOneManage,
) -> types.TaskOut[types.AssetResult]:
    return await client.images.analyses.create(
        file_id="fil_00000000000000000000000000000000",
        include=["place"],
        wait=10,
        idempotency_key="once",
    )


async def async_get_analysis(
    client: AsyncOneManage,
) -> types.AssetOut | types.TaskOut[types.TaskResult]:
    return await client.images.analyses.get(
        "fil_00000000000000000000000000000000", wait=10
    )


async def async_delete_analysis(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.images.analyses.delete(
        "fil_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_find_similar_images(
    client: AsyncOneManage,
) -> types.SimilarList | types.TaskOut[types.TaskResult]:
    return await client.images.similar(
        file_id="fil_00000000000000000000000000000000", wait=10
    )


async def async_put_preset(client: AsyncOneManage) -> types.PresetOut:
    return await client.images.presets.put(
        "shop-thumb",
        recipe={
            "operations": [{"mode": "fit", "op": "resize", "width": 1200}],
            "variants": [
                {"name": "large", "output": {"format": "webp", "quality": 82}},
                {
                    "name": "thumb",
                    "operations": [
                        {"height": 200, "mode": "fill", "op": "resize", "width": 200}
                    ],
                    "output": {"format": "jpeg"},
                },
            ],
        },
        parameters={"width": {"default": 300, "maximum": 2000}},
        extends=["base"],
        if_match='"version"',
    )


async def async_get_preset(client: AsyncOneManage) -> types.PresetOut:
    return await client.images.presets.get("shop-thumb")


async def async_delete_preset(client: AsyncOneManage) -> None:
    await client.images.presets.delete("shop-thumb", if_match='"version"')


async def async_list_presets(client: AsyncOneManage) -> types.PresetList:
    return await client.images.presets.list().first_page()


async def async_delete_preview(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.previews.delete(
        "prv_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


async def async_get_preview(client: AsyncOneManage) -> types.PreviewOut:
    return await client.previews.get("prv_00000000000000000000000000000000")


async def async_list_previews(client: AsyncOneManage) -> types.PreviewList:
    return await client.previews.list(
        document_id="doc_00000000000000000000000000000000",
        dataset_id="dst_00000000000000000000000000000000",
    ).first_page()


async def async_publish_previews(
    client: AsyncOneManage,
) -> types.TaskOut[types.PublishedPreviewsResult]:
    return await client.previews.publish(
        document_id="doc_00000000000000000000000000000000",
        dataset_id="dst_00000000000000000000000000000000",
        wait=10,
        idempotency_key="once",
    )


async def async_get_preview_content(client: AsyncOneManage) -> bytes:
    return await client.previews.content(
        "prv_00000000000000000000000000000000",
        workspace="text",
        expires=1,
        signature="sig",
    ).read()


async def async_log_in(client: AsyncOneManage) -> types.NewSessionOut:
    return await client.sessions.log_in(
        email="ada@example.com",
        password="correct horse battery staple",
        workspace_id="wsp_00000000000000000000000000000000",
    )


async def async_list_sessions(client: AsyncOneManage) -> types.SessionList:
    return await client.sessions.list().first_page()


async def async_end_all_sessions(client: AsyncOneManage) -> None:
    await client.sessions.end_all()


async def async_get_session(client: AsyncOneManage) -> types.SessionOut:
    return await client.sessions.get("ses_00000000000000000000000000000000")


async def async_end_session(client: AsyncOneManage) -> None:
    await client.sessions.end("ses_00000000000000000000000000000000")


async def async_get_me(client: AsyncOneManage) -> types.MeOut:
    return await client.me.get()


async def async_change_password(client: AsyncOneManage) -> None:
    await client.me.change_password(
        old="correct horse battery staple", new="correct horse battery staple"
    )


async def async_switch_workspace(client: AsyncOneManage) -> types.WorkspaceOut:
    return await client.me.switch_workspace(
        workspace_id="wsp_00000000000000000000000000000000"
    )


async def async_create_sign_in_code(client: AsyncOneManage) -> types.NewCodeOut:
    return await client.sessions.create_code(idempotency_key="once")


async def async_exchange_sign_in_code(client: AsyncOneManage) -> types.NewSessionOut:
    return await client.sessions.exchange_code(
        code="om_code_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_00000000"
    )


async def async_set_cookie(client: AsyncOneManage) -> None:
    await client.sessions.set_cookie()


async def async_forget_cookie(client: AsyncOneManage) -> None:
    await client.sessions.forget_cookie()


async def async_list_members(client: AsyncOneManage) -> types.MemberList:
    return await client.members.list().first_page()


async def async_get_member(client: AsyncOneManage) -> types.MemberOut:
    return await client.members.get("usr_00000000000000000000000000000000")


async def async_remove_member(client: AsyncOneManage) -> None:
    await client.members.remove(
        "usr_00000000000000000000000000000000", if_match='"version"'
    )


async def async_set_member_role(client: AsyncOneManage) -> types.MemberOut:
    return await client.members.set_role(
        "usr_00000000000000000000000000000000", role="owner", if_match='"version"'
    )


async def async_invite_member(client: AsyncOneManage) -> types.NewInvitationOut:
    return await client.invitations.create(
        email="ada@example.com", idempotency_key="once"
    )


async def async_list_invitations(client: AsyncOneManage) -> types.InvitationList:
    return await client.invitations.list().first_page()


async def async_get_invitation(client: AsyncOneManage) -> types.InvitationOut:
    return await client.invitations.get("inv_00000000000000000000000000000000")


async def async_withdraw_invitation(client: AsyncOneManage) -> None:
    await client.invitations.withdraw(
        "inv_00000000000000000000000000000000", if_match='"version"'
    )


async def async_accept_invitation(client: AsyncOneManage) -> types.NewSessionOut:
    return await client.invitations.accept(
        token="om_invt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_00000000",
        name="Ada",
        password="correct horse battery staple",
    )


async def async_list_workspaces(client: AsyncOneManage) -> types.WorkspaceList:
    return await client.workspaces.list().first_page()


async def async_create_workspace(client: AsyncOneManage) -> types.NewWorkspaceOut:
    return await client.workspaces.create(
        name="Ada", owner_email="ada@example.com", idempotency_key="once"
    )


async def async_get_workspace(client: AsyncOneManage) -> types.WorkspaceOut:
    return await client.workspaces.get("wsp_00000000000000000000000000000000")


async def async_delete_workspace(
    client: AsyncOneManage,
) -> types.TaskOut[types.DeletedResult]:
    return await client.workspaces.delete(
        "wsp_00000000000000000000000000000000", wait=10
    )


async def async_rename_workspace(client: AsyncOneManage) -> types.WorkspaceOut:
    return await client.workspaces.rename(
        "wsp_00000000000000000000000000000000", name="Ada", if_match='"version"'
    )


async def async_suspend_workspace(client: AsyncOneManage) -> types.WorkspaceOut:
    return await client.workspaces.suspend(
        "wsp_00000000000000000000000000000000", idempotency_key="once"
    )


async def async_resume_workspace(client: AsyncOneManage) -> types.WorkspaceOut:
    return await client.workspaces.resume(
        "wsp_00000000000000000000000000000000", idempotency_key="once"
    )


async def async_get_retention(client: AsyncOneManage) -> types.RetentionOut:
    return await client.retention.get("wsp_00000000000000000000000000000000")


async def async_set_retention(client: AsyncOneManage) -> types.RetentionOut:
    return await client.retention.set(
        "wsp_00000000000000000000000000000000",
        file=30,
        document=30,
        rendition=30,
        diff=30,
        merge=30,
        transformation=30,
        background=30,
        analysis=30,
        plan=30,
        export=30,
        if_match='"version"',
    )


async def async_create_api_key(client: AsyncOneManage) -> types.NewApiKeyOut:
    return await client.keys.create(
        name="shop",
        expires_at="2999-12-31T23:59:59Z",
        networks=["203.0.113.0/24"],
        idempotency_key="once",
    )


async def async_list_api_keys(client: AsyncOneManage) -> types.ApiKeyList:
    return await client.keys.list().first_page()


async def async_get_api_key(client: AsyncOneManage) -> types.ApiKeyOut:
    return await client.keys.get("key_00000000000000000000000000000000")


async def async_revoke_api_key(client: AsyncOneManage) -> None:
    await client.keys.revoke(
        "key_00000000000000000000000000000000", if_match='"version"'
    )


async def async_rotate_api_key(client: AsyncOneManage) -> types.NewApiKeyOut:
    return await client.keys.rotate(
        "key_00000000000000000000000000000000", idempotency_key="once"
    )


async def async_get_usage(client: AsyncOneManage) -> types.UsageOut:
    return await client.limits.usage(from_="2026-01-31", to="2026-01-31")


async def async_get_workspace_limits(
    client: AsyncOneManage,
) -> types.WorkspaceLimitsOut:
    return await client.limits.get("wsp_00000000000000000000000000000000")


async def async_set_workspace_limits(
    client: AsyncOneManage,
) -> types.WorkspaceLimitsOut:
    return await client.limits.set(
        "wsp_00000000000000000000000000000000",
        key_requests_per_second=100,
        requests_per_second=100,
        images_per_second=100,
        uploads=20,
        stored_bytes=10000,
        tasks_waiting=10000,
        rows_per_day=10000,
        rows_per_month=10000,
        pixels_per_day=10000,
        pixels_per_month=10000,
        if_match='"version"',
    )


async def async_list_audit_entries(client: AsyncOneManage) -> types.AuditEntryList:
    return await client.audit.list(
        actor="usr_…",
        action="revoke_api_key",
        object="key_…",
        from_="2026-01-31T00:00:00Z",
        to="2026-02-01T00:00:00Z",
    ).first_page()


async def async_create_webhook(client: AsyncOneManage) -> types.NewWebhookOut:
    return await client.webhooks.create(
        url="https://example.com/hooks/onemanage",
        events=["psd.*.completed", "*.failed"],
        description="The shop",
        idempotency_key="once",
    )


async def async_list_webhooks(client: AsyncOneManage) -> types.WebhookList:
    return await client.webhooks.list().first_page()


async def async_get_webhook(client: AsyncOneManage) -> types.WebhookOut:
    return await client.webhooks.get("whk_00000000000000000000000000000000")


async def async_change_webhook(client: AsyncOneManage) -> types.WebhookOut:
    return await client.webhooks.change(
        "whk_00000000000000000000000000000000",
        url="https://example.com/hooks/onemanage",
        events=["*.failed"],
        description="The shop",
        enabled=True,
        if_match='"version"',
    )


async def async_delete_webhook(client: AsyncOneManage) -> None:
    await client.webhooks.delete(
        "whk_00000000000000000000000000000000", if_match='"version"'
    )


async def async_rotate_webhook_secret(client: AsyncOneManage) -> types.NewWebhookOut:
    return await client.webhooks.rotate(
        "whk_00000000000000000000000000000000", idempotency_key="once"
    )


async def async_test_webhook(client: AsyncOneManage) -> types.DeliveryOut:
    return await client.webhooks.test(
        "whk_00000000000000000000000000000000", idempotency_key="once"
    )


async def async_list_webhook_deliveries(client: AsyncOneManage) -> types.DeliveryList:
    return await client.webhooks.deliveries.list(
        "whk_00000000000000000000000000000000"
    ).first_page()


async def async_get_webhook_delivery(client: AsyncOneManage) -> types.DeliveryOut:
    return await client.webhooks.deliveries.get(
        "whk_00000000000000000000000000000000", "dlv_00000000000000000000000000000000"
    )


async def async_redeliver_webhook_event(client: AsyncOneManage) -> types.DeliveryOut:
    return await client.webhooks.deliveries.redeliver(
        "whk_00000000000000000000000000000000",
        "dlv_00000000000000000000000000000000",
        idempotency_key="once",
    )


async def async_list_dead_letters(client: AsyncOneManage) -> types.LetterList:
    return await client.dead_letters.list(
        task_id="tsk_00000000000000000000000000000000", subject="tasks.psd.>"
    ).first_page()


async def async_discard_dead_letters(client: AsyncOneManage) -> types.DiscardedOut:
    return await client.dead_letters.discard_all(
        confirm="all",
        task_id="tsk_00000000000000000000000000000000",
        subject="tasks.psd.>",
    )


async def async_get_dead_letter(client: AsyncOneManage) -> types.OpenedLetterOut:
    return await client.dead_letters.get(7)


async def async_discard_dead_letter(client: AsyncOneManage) -> types.DiscardedOut:
    return await client.dead_letters.discard(7)


async def async_replay_dead_letter(client: AsyncOneManage) -> types.ReplayedOut:
    return await client.dead_letters.replay(7, idempotency_key="once")


async def async_replay_dead_letters(client: AsyncOneManage) -> types.ReplayedOut:
    return await client.dead_letters.replay_all(
        task_id="tsk_00000000000000000000000000000000",
        subject="tasks.psd.>",
        idempotency_key="once",
    )


async def async_get_health(client: AsyncOneManage) -> types.HealthOut:
    return await client.health.live()


async def async_get_readiness(client: AsyncOneManage) -> types.HealthOut:
    return await client.health.ready()


async def async_get_system(client: AsyncOneManage) -> types.SystemOut:
    return await client.health.system()


def upload_file(client: OneManage) -> types.FileOut:
    return client.files.upload_whole(
        b"bytes", name="poster.psd", idempotency_key="once"
    )


def list_files(client: OneManage) -> types.FileList:
    return client.files.list().first_page()


def get_file(client: OneManage) -> types.FileOut:
    return client.files.get("fil_00000000000000000000000000000000")


def delete_file(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.files.delete(
        "fil_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_file_content(client: OneManage) -> bytes:
    return client.files.content("fil_00000000000000000000000000000000").read()


def begin_upload(client: OneManage) -> types.BegunUploadOut:
    return client.uploads.begin(
        sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        name="orders.parquet",
        size=5368709120,
        part_size=16777216,
        media_type="application/vnd.apache.parquet",
        idempotency_key="once",
    )


def list_uploads(client: OneManage) -> types.UploadList:
    return client.uploads.list().first_page()


def get_upload(client: OneManage) -> types.UploadOut:
    return client.uploads.get("upl_00000000000000000000000000000000")


def abort_upload(client: OneManage) -> None:
    client.uploads.abort("upl_00000000000000000000000000000000")


def list_upload_parts(client: OneManage) -> types.PartList:
    return client.uploads.parts("upl_00000000000000000000000000000000").first_page()


def complete_upload(client: OneManage) -> types.TaskOut[types.UploadedFileResult]:
    return client.uploads.complete(
        "upl_00000000000000000000000000000000",
        sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        wait=10,
        idempotency_key="once",
    )


def create_document(client: OneManage) -> types.TaskOut[types.DocumentResult]:
    return client.psd.documents.create(
        b"bytes",
        name="poster.psd",
        name_encoding="cp936",
        wait=10,
        idempotency_key="once",
    )


def list_documents(client: OneManage) -> types.DocumentList:
    return client.psd.documents.list().first_page()


def get_document(client: OneManage) -> types.DocumentOut:
    return client.psd.documents.get("doc_00000000000000000000000000000000")


def delete_document(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.psd.documents.delete(
        "doc_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_manifest(client: OneManage) -> types.Manifest:
    return client.psd.documents.manifest("doc_00000000000000000000000000000000")


def list_embedded_files(client: OneManage) -> types.EmbeddedFileList:
    return client.psd.documents.embedded_files(
        "doc_00000000000000000000000000000000"
    ).first_page()


def get_embedded_file(client: OneManage) -> bytes:
    return client.psd.documents.embedded_file(
        "doc_00000000000000000000000000000000", "large"
    ).read()


def get_composite(client: OneManage) -> bytes:
    return client.psd.documents.composite("doc_00000000000000000000000000000000").read()


def list_layers(client: OneManage) -> types.LayerList:
    return client.psd.layers.list("doc_00000000000000000000000000000000").first_page()


def get_layer(client: OneManage) -> types.LayerDetailsOut:
    return client.psd.layers.get("doc_00000000000000000000000000000000", 7)


def get_layer_image(client: OneManage) -> bytes:
    return client.psd.layers.image("doc_00000000000000000000000000000000", 7).read()


def search_layers(client: OneManage) -> types.FoundLayerList:
    return client.psd.search(
        q="button",
        font="Montserrat-Bold",
        color="ff8800",
        tolerance=8,
        kind=["type"],
        document_id="doc_00000000000000000000000000000000",
    ).first_page()


def create_rendition(client: OneManage) -> types.TaskOut[types.RenditionResult]:
    return client.psd.renditions.create(
        "doc_00000000000000000000000000000000",
        of="layers",
        layers={"kinds": ["group"]},
        format="webp",
        depth=8,
        color="srgb",
        scales=[1, 2],
        background="#ffffff",
        wait=10,
        idempotency_key="once",
    )


def list_renditions(client: OneManage) -> types.RenditionList:
    return client.psd.renditions.list(
        "doc_00000000000000000000000000000000"
    ).first_page()


def get_rendition(client: OneManage) -> types.RenditionWithImages:
    return client.psd.renditions.get("rnd_00000000000000000000000000000000")


def delete_rendition(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.psd.renditions.delete(
        "rnd_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_rendition_image(client: OneManage) -> bytes:
    return client.psd.renditions.image("rnd_00000000000000000000000000000000", 1).read()


def get_rendition_archive(client: OneManage) -> bytes:
    return client.psd.renditions.archive("rnd_00000000000000000000000000000000").read()


def get_document_archive(client: OneManage) -> bytes:
    return client.psd.documents.archive("doc_00000000000000000000000000000000").read()


def create_diff(client: OneManage) -> types.TaskOut[types.DocumentDiffResult]:
    return client.psd.diffs.create(
        before="doc_00000000000000000000000000000000",
        after="doc_11111111111111111111111111111111",
        wait=10,
        idempotency_key="once",
    )


def get_diff(client: OneManage) -> types.DiffOut:
    return client.psd.diffs.get("dif_00000000000000000000000000000000")


def delete_diff(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.psd.diffs.delete(
        "dif_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_diff_image(client: OneManage) -> bytes:
    return client.psd.diffs.image("dif_00000000000000000000000000000000").read()


def list_tasks(client: OneManage) -> types.TaskList:
    return client.tasks.list().first_page()


def get_task(client: OneManage) -> types.TaskOut[types.TaskResult]:
    return client.tasks.get("tsk_00000000000000000000000000000000")


def cancel_task(client: OneManage) -> types.TaskOut[types.TaskResult]:
    return client.tasks.cancel("tsk_00000000000000000000000000000000", wait=10)


def retry_task(client: OneManage) -> types.TaskOut[types.TaskResult]:
    return client.tasks.retry(
        "tsk_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def watch_task(client: OneManage) -> Event | None:
    for event in client.tasks.watch("tsk_00000000000000000000000000000000"):
        return event
    return None


def follow_events(client: OneManage) -> Event | None:
    for event in client.events.follow(
        type=["*.completed", "psd.*"], task_id="tsk_00000000000000000000000000000000"
    ):
        return event
    return None


def create_template(client: OneManage) -> types.TaskOut[types.TemplateResult]:
    return client.templates.create(
        document_id="doc_00000000000000000000000000000000",
        name="Sale",
        wait=10,
        idempotency_key="once",
    )


def list_templates(client: OneManage) -> types.TemplateList:
    return client.templates.list(
        document_id="doc_00000000000000000000000000000000"
    ).first_page()


def get_template(client: OneManage) -> types.TemplateOut:
    return client.templates.get("tpl_00000000000000000000000000000000")


def change_template(client: OneManage) -> types.TaskOut[types.TemplateResult]:
    return client.templates.change(
        "tpl_00000000000000000000000000000000",
        changes=[{"name": "headline", "rules": {"overflow": "shrink"}}],
        wait=10,
        if_match='"version"',
        idempotency_key="once",
    )


def delete_template(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.templates.delete(
        "tpl_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def create_render(client: OneManage) -> types.RenderOut:
    return client.templates.renders.create(
        "tpl_00000000000000000000000000000000",
        format="png",
        width=1200,
        background="#ffffff",
        values={
            "badge": True,
            "headline": "Summer sale",
            "photo": {"file_id": "fil_00000000000000000000000000000000"},
            "price": "€ 19",
        },
        missing_fonts="fail",
        idempotency_key="once",
    )


def get_render(client: OneManage) -> bytes:
    return client.templates.renders.image(
        "tpl_00000000000000000000000000000000", "rdr_00000000000000000000000000000000"
    ).read()


def create_merge(client: OneManage) -> types.TaskOut[types.MergeResult]:
    return client.merges.create(
        "tpl_00000000000000000000000000000000",
        dataset_id="dst_00000000000000000000000000000000",
        file_id="fil_00000000000000000000000000000000",
        mapping={"headline": "title"},
        filters=["lang:eq:en"],
        name="{sku}-{lang}",
        on_empty="reject",
        missing_fonts="fail",
        idempotency_key="once",
    )


def list_merges(client: OneManage) -> types.MergeList:
    return client.merges.list("tpl_00000000000000000000000000000000").first_page()


def repeat_merge(client: OneManage) -> types.TaskOut[types.MergeResult]:
    return client.merges.repeat(
        "mrg_00000000000000000000000000000000", idempotency_key="once"
    )


def resubmit_merge_rejects(client: OneManage) -> types.TaskOut[types.MergeResult]:
    return client.merges.resubmit(
        "mrg_00000000000000000000000000000000",
        file_id="fil_00000000000000000000000000000000",
        idempotency_key="once",
    )


def get_merge_rejects(client: OneManage) -> bytes:
    return client.merges.rejects("mrg_00000000000000000000000000000000").read()


def get_merge(client: OneManage) -> types.MergeOut:
    return client.merges.get("mrg_00000000000000000000000000000000")


def delete_merge(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.merges.delete(
        "mrg_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def list_merged_rows(client: OneManage) -> types.MergedRowList:
    return client.merges.rows(
        "mrg_00000000000000000000000000000000", state="waiting"
    ).first_page()


def get_merged_image(client: OneManage) -> bytes:
    return client.merges.image(
        "mrg_00000000000000000000000000000000", 1, "large"
    ).read()


def get_merge_manifest(client: OneManage) -> bytes:
    return client.merges.manifest("mrg_00000000000000000000000000000000").read()


def get_merge_manifest_as_parquet(client: OneManage) -> bytes:
    return client.merges.manifest_as_parquet(
        "mrg_00000000000000000000000000000000"
    ).read()


def get_merge_contact_sheet(client: OneManage) -> bytes:
    return client.merges.contact_sheet("mrg_00000000000000000000000000000000").read()


def get_merge_archive(client: OneManage) -> bytes:
    return client.merges.archive("mrg_00000000000000000000000000000000").read()


def add_font(client: OneManage) -> types.TaskOut[types.FontResult]:
    return client.fonts.add(
        b"bytes", name="Brand-Bold.otf", wait=10, idempotency_key="once"
    )


def list_fonts(client: OneManage) -> types.FontList:
    return client.fonts.list().first_page()


def get_font(client: OneManage) -> types.FontOut:
    return client.fonts.get("fnt_00000000000000000000000000000000")


def delete_font(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.fonts.delete(
        "fnt_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def create_import_plan(
    client: OneManage,
) -> types.PlanOut | types.TaskOut[types.TaskResult]:
    return client.imports.plans.create(
        b"bytes", name="orders.csv", wait=10, idempotency_key="once"
    )


def get_import_plan(client: OneManage) -> types.PlanOut:
    return client.imports.plans.get("pln_00000000000000000000000000000000")


def delete_import_plan(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.imports.plans.delete(
        "pln_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def list_rejects(client: OneManage) -> types.RejectList:
    return client.imports.rejects.list(
        "imp_00000000000000000000000000000000",
        part=1,
        table="orders",
        reason="not_a_date",
        column="ordered_on",
    ).first_page()


def resubmit_rejects(client: OneManage) -> types.TaskOut[types.ImportResult]:
    return client.imports.rejects.resubmit(
        "imp_00000000000000000000000000000000",
        b"bytes",
        part=1,
        name="rejects.csv",
        wait=10,
        idempotency_key="once",
    )


def delete_rejects(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.imports.rejects.delete(
        "imp_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def download_rejects(client: OneManage) -> bytes:
    return client.imports.rejects.content(
        "imp_00000000000000000000000000000000", part=1
    ).read()


def create_import(client: OneManage) -> types.TaskOut[types.ImportResult]:
    return client.imports.create(
        plan_id="pln_00000000000000000000000000000000",
        options={"keys": ["order_id"], "mode": "upsert"},
        wait=10,
        idempotency_key="once",
    )


def list_imports(client: OneManage) -> types.ImportList:
    return client.imports.list().first_page()


def get_import(client: OneManage) -> types.ImportOut:
    return client.imports.get("imp_00000000000000000000000000000000")


def undo_import(client: OneManage) -> types.TaskOut[types.ImportResult]:
    return client.imports.undo(
        "imp_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def list_datasets(client: OneManage) -> types.DatasetList:
    return client.datasets.list().first_page()


def get_dataset(client: OneManage) -> types.DatasetWithColumns:
    return client.datasets.get("dst_00000000000000000000000000000000")


def drop_dataset(client: OneManage) -> types.TaskOut[types.DroppedDatasetResult]:
    return client.datasets.drop(
        "dst_00000000000000000000000000000000",
        wait=10,
        if_match='"version"',
        idempotency_key="once",
    )


def list_rows(client: OneManage) -> types.RowList:
    return client.datasets.rows(
        "dst_00000000000000000000000000000000",
        filter=["price:ge:10"],
        sort="price:desc",
    ).first_page()


def get_profile(client: OneManage) -> types.ProfileOut:
    return client.datasets.profile("dst_00000000000000000000000000000000")


def create_export(client: OneManage) -> types.TaskOut[types.DatasetExportResult]:
    return client.datasets.exports.create(
        "dst_00000000000000000000000000000000",
        format="csv",
        wait=10,
        idempotency_key="once",
    )


def get_export(client: OneManage) -> types.ExportOut:
    return client.datasets.exports.get(
        "dst_00000000000000000000000000000000", "exp_00000000000000000000000000000000"
    )


def delete_export(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.datasets.exports.delete(
        "dst_00000000000000000000000000000000",
        "exp_00000000000000000000000000000000",
        wait=10,
        idempotency_key="once",
    )


def get_export_content(client: OneManage) -> bytes:
    return client.datasets.exports.content(
        "dst_00000000000000000000000000000000", "exp_00000000000000000000000000000000"
    ).read()


def get_image_info(
    client: OneManage,
) -> types.ImageInfoOut | types.TaskOut[types.TaskResult]:
    return client.tiles.info("doc_00000000000000000000000000000000", wait=10)


def get_tile(client: OneManage) -> bytes:
    return client.tiles.tile(
        "doc_00000000000000000000000000000000", "full", "max", "default.jpg"
    ).read()


def get_signed_image_info(client: OneManage) -> types.ImageInfoOut:
    return client.tiles.signed_info(
        "9f3c01ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "doc_00000000000000000000000000000000",
    )


def get_signed_tile(client: OneManage) -> bytes:
    return client.tiles.signed_tile(
        "9f3c01ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "doc_00000000000000000000000000000000",
        "full",
        "max",
        "default.jpg",
    ).read()


def get_image(client: OneManage) -> bytes:
    return client.images.image(
        "fil_00000000000000000000000000000000", "w_400,f_webp", accept="image/webp"
    ).read()


def get_signed_image(client: OneManage) -> bytes:
    return client.images.signed_image(
        "9f3c01ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0",
        "w_400/fil_00000000000000000000000000000000.webp",
        accept="image/webp",
    ).read()


def create_signing_key(client: OneManage) -> types.NewSigningKeyOut:
    return client.images.signing_keys.create(
        name="shop",
        widths=[400, 800, 1600],
        dprs=[1, 2],
        presets=["shop-thumb"],
        idempotency_key="once",
    )


def list_signing_keys(client: OneManage) -> types.SigningKeyList:
    return client.images.signing_keys.list().first_page()


def get_signing_key(client: OneManage) -> types.SigningKeyOut:
    return client.images.signing_keys.get("isk_00000000000000000000000000000000")


def revoke_signing_key(client: OneManage) -> None:
    client.images.signing_keys.revoke(
        "isk_00000000000000000000000000000000", if_match='"version"'
    )


def get_image_hosts(client: OneManage) -> types.HostsOut:
    return client.images.hosts.get("wsp_00000000000000000000000000000000")


def set_image_hosts(client: OneManage) -> types.HostsOut:
    return client.images.hosts.set(
        "wsp_00000000000000000000000000000000",
        hosts=["cdn.example.org", "*.example.com"],
        if_match='"version"',
    )


def create_transformation(
    client: OneManage,
) -> types.TaskOut[types.TransformationResult]:
    return client.images.transformations.create(
        b"bytes", preset="thumbs", name="shoe.jpg", wait=10, idempotency_key="once"
    )


def list_transformations(client: OneManage) -> types.TransformationList:
    return client.images.transformations.list(
        file_id="fil_00000000000000000000000000000000"
    ).first_page()


def get_transformation(client: OneManage) -> types.TransformationOut:
    return client.images.transformations.get("tsf_00000000000000000000000000000000")


def delete_transformation(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.images.transformations.delete(
        "tsf_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_transformed_image(client: OneManage) -> bytes:
    return client.images.transformations.image(
        "tsf_00000000000000000000000000000000", "large"
    ).read()


def get_transformation_archive(client: OneManage) -> bytes:
    return client.images.transformations.archive(
        "tsf_00000000000000000000000000000000"
    ).read()


def create_background(client: OneManage) -> types.TaskOut[types.BackgroundImageResult]:
    return client.images.backgrounds.create(
        file_id="fil_00000000000000000000000000000000",
        spec={
            "fill": {"color": "#ffffff", "type": "solid"},
            "placement": {"aspect": "1:1", "margin": 0.05},
            "shadow": {"opacity": 0.4},
        },
        wait=10,
        idempotency_key="once",
    )


def get_background(client: OneManage) -> types.BackgroundOut:
    return client.images.backgrounds.get("bgd_00000000000000000000000000000000")


def delete_background(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.images.backgrounds.delete(
        "bgd_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_background_image(client: OneManage) -> bytes:
    return client.images.backgrounds.image(
        "bgd_00000000000000000000000000000000", "large"
    ).read()


def create_batch(client: OneManage) -> types.TaskOut[types.BatchResult]:
    return client.images.batches.create(
        file_ids=["fil_00000000000000000000000000000000"],
        recipe={
            "operations": [{"mode": "fit", "op": "resize", "width": 1200}],
            "variants": [
                {"name": "large", "output": {"format": "webp", "quality": 82}},
                {
                    "name": "thumb",
                    "operations": [
                        {"height": 200, "mode": "fill", "op": "resize", "width": 200}
                    ],
                    "output": {"format": "jpeg"},
                },
            ],
        },
        preset="shop-thumb",
        parameters={"width": 300},
        background={"fill": {"color": "#ffffff", "type": "solid"}},
        idempotency_key="once",
    )


def get_batch(client: OneManage) -> types.BatchOut:
    return client.images.batches.get("bat_00000000000000000000000000000000")


def delete_batch(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.images.batches.delete(
        "bat_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def list_batch_tasks(client: OneManage) -> types.TaskList:
    return client.images.batches.tasks(
        "bat_00000000000000000000000000000000", state="queued"
    ).first_page()


def get_contact_sheet(client: OneManage) -> bytes:
    return client.images.batches.contact_sheet(
        "bat_00000000000000000000000000000000"
    ).read()


def get_batch_archive(client: OneManage) -> bytes:
    return client.images.batches.archive("bat_00000000000000000000000000000000").read()


def create_analysis(client: OneManage) -> types.TaskOut[types.AssetResult]:
    return client.images.analyses.create(
        file_id="fil_00000000000000000000000000000000",
        include=["place"],
        wait=10,
        idempotency_key="once",
    )


def get_analysis(client: OneManage) -> types.AssetOut | types.TaskOut[types.TaskResult]:
    return client.images.analyses.get("fil_00000000000000000000000000000000", wait=10)


def delete_analysis(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.images.analyses.delete(
        "fil_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def find_similar_images(
    client: OneManage,
) -> types.SimilarList | types.TaskOut[types.TaskResult]:
    return client.images.similar(
        file_id="fil_00000000000000000000000000000000", wait=10
    )


def put_preset(client: OneManage) -> types.PresetOut:
    return client.images.presets.put(
        "shop-thumb",
        recipe={
            "operations": [{"mode": "fit", "op": "resize", "width": 1200}],
            "variants": [
                {"name": "large", "output": {"format": "webp", "quality": 82}},
                {
                    "name": "thumb",
                    "operations": [
                        {"height": 200, "mode": "fill", "op": "resize", "width": 200}
                    ],
                    "output": {"format": "jpeg"},
                },
            ],
        },
        parameters={"width": {"default": 300, "maximum": 2000}},
        extends=["base"],
        if_match='"version"',
    )


def get_preset(client: OneManage) -> types.PresetOut:
    return client.images.presets.get("shop-thumb")


def delete_preset(client: OneManage) -> None:
    client.images.presets.delete("shop-thumb", if_match='"version"')


def list_presets(client: OneManage) -> types.PresetList:
    return client.images.presets.list().first_page()


def delete_preview(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.previews.delete(
        "prv_00000000000000000000000000000000", wait=10, idempotency_key="once"
    )


def get_preview(client: OneManage) -> types.PreviewOut:
    return client.previews.get("prv_00000000000000000000000000000000")


def list_previews(client: OneManage) -> types.PreviewList:
    return client.previews.list(
        document_id="doc_00000000000000000000000000000000",
        dataset_id="dst_00000000000000000000000000000000",
    ).first_page()


def publish_previews(client: OneManage) -> types.TaskOut[types.PublishedPreviewsResult]:
    return client.previews.publish(
        document_id="doc_00000000000000000000000000000000",
        dataset_id="dst_00000000000000000000000000000000",
        wait=10,
        idempotency_key="once",
    )


def get_preview_content(client: OneManage) -> bytes:
    return client.previews.content(
        "prv_00000000000000000000000000000000",
        workspace="text",
        expires=1,
        signature="sig",
    ).read()


def log_in(client: OneManage) -> types.NewSessionOut:
    return client.sessions.log_in(
        email="ada@example.com",
        password="correct horse battery staple",
        workspace_id="wsp_00000000000000000000000000000000",
    )


def list_sessions(client: OneManage) -> types.SessionList:
    return client.sessions.list().first_page()


def end_all_sessions(client: OneManage) -> None:
    client.sessions.end_all()


def get_session(client: OneManage) -> types.SessionOut:
    return client.sessions.get("ses_00000000000000000000000000000000")


def end_session(client: OneManage) -> None:
    client.sessions.end("ses_00000000000000000000000000000000")


def get_me(client: OneManage) -> types.MeOut:
    return client.me.get()


def change_password(client: OneManage) -> None:
    client.me.change_password(
        old="correct horse battery staple", new="correct horse battery staple"
    )


def switch_workspace(client: OneManage) -> types.WorkspaceOut:
    return client.me.switch_workspace(
        workspace_id="wsp_00000000000000000000000000000000"
    )


def create_sign_in_code(client: OneManage) -> types.NewCodeOut:
    return client.sessions.create_code(idempotency_key="once")


def exchange_sign_in_code(client: OneManage) -> types.NewSessionOut:
    return client.sessions.exchange_code(
        code="om_code_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_00000000"
    )


def set_cookie(client: OneManage) -> None:
    client.sessions.set_cookie()


def forget_cookie(client: OneManage) -> None:
    client.sessions.forget_cookie()


def list_members(client: OneManage) -> types.MemberList:
    return client.members.list().first_page()


def get_member(client: OneManage) -> types.MemberOut:
    return client.members.get("usr_00000000000000000000000000000000")


def remove_member(client: OneManage) -> None:
    client.members.remove("usr_00000000000000000000000000000000", if_match='"version"')


def set_member_role(client: OneManage) -> types.MemberOut:
    return client.members.set_role(
        "usr_00000000000000000000000000000000", role="owner", if_match='"version"'
    )


def invite_member(client: OneManage) -> types.NewInvitationOut:
    return client.invitations.create(email="ada@example.com", idempotency_key="once")


def list_invitations(client: OneManage) -> types.InvitationList:
    return client.invitations.list().first_page()


def get_invitation(client: OneManage) -> types.InvitationOut:
    return client.invitations.get("inv_00000000000000000000000000000000")


def withdraw_invitation(client: OneManage) -> None:
    client.invitations.withdraw(
        "inv_00000000000000000000000000000000", if_match='"version"'
    )


def accept_invitation(client: OneManage) -> types.NewSessionOut:
    return client.invitations.accept(
        token="om_invt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_00000000",
        name="Ada",
        password="correct horse battery staple",
    )


def list_workspaces(client: OneManage) -> types.WorkspaceList:
    return client.workspaces.list().first_page()


def create_workspace(client: OneManage) -> types.NewWorkspaceOut:
    return client.workspaces.create(
        name="Ada", owner_email="ada@example.com", idempotency_key="once"
    )


def get_workspace(client: OneManage) -> types.WorkspaceOut:
    return client.workspaces.get("wsp_00000000000000000000000000000000")


def delete_workspace(client: OneManage) -> types.TaskOut[types.DeletedResult]:
    return client.workspaces.delete("wsp_00000000000000000000000000000000", wait=10)


def rename_workspace(client: OneManage) -> types.WorkspaceOut:
    return client.workspaces.rename(
        "wsp_00000000000000000000000000000000", name="Ada", if_match='"version"'
    )


def suspend_workspace(client: OneManage) -> types.WorkspaceOut:
    return client.workspaces.suspend(
        "wsp_00000000000000000000000000000000", idempotency_key="once"
    )


def resume_workspace(client: OneManage) -> types.WorkspaceOut:
    return client.workspaces.resume(
        "wsp_00000000000000000000000000000000", idempotency_key="once"
    )


def get_retention(client: OneManage) -> types.RetentionOut:
    return client.retention.get("wsp_00000000000000000000000000000000")


def set_retention(client: OneManage) -> types.RetentionOut:
    return client.retention.set(
        "wsp_00000000000000000000000000000000",
        file=30,
        document=30,
        rendition=30,
        diff=30,
        merge=30,
        transformation=30,
        background=30,
        analysis=30,
        plan=30,
        export=30,
        if_match='"version"',
    )


def create_api_key(client: OneManage) -> types.NewApiKeyOut:
    return client.keys.create(
        name="shop",
        expires_at="2999-12-31T23:59:59Z",
        networks=["203.0.113.0/24"],
        idempotency_key="once",
    )


def list_api_keys(client: OneManage) -> types.ApiKeyList:
    return client.keys.list().first_page()


def get_api_key(client: OneManage) -> types.ApiKeyOut:
    return client.keys.get("key_00000000000000000000000000000000")


def revoke_api_key(client: OneManage) -> None:
    client.keys.revoke("key_00000000000000000000000000000000", if_match='"version"')


def rotate_api_key(client: OneManage) -> types.NewApiKeyOut:
    return client.keys.rotate(
        "key_00000000000000000000000000000000", idempotency_key="once"
    )


def get_usage(client: OneManage) -> types.UsageOut:
    return client.limits.usage(from_="2026-01-31", to="2026-01-31")


def get_workspace_limits(client: OneManage) -> types.WorkspaceLimitsOut:
    return client.limits.get("wsp_00000000000000000000000000000000")


def set_workspace_limits(client: OneManage) -> types.WorkspaceLimitsOut:
    return client.limits.set(
        "wsp_00000000000000000000000000000000",
        key_requests_per_second=100,
        requests_per_second=100,
        images_per_second=100,
        uploads=20,
        stored_bytes=10000,
        tasks_waiting=10000,
        rows_per_day=10000,
        rows_per_month=10000,
        pixels_per_day=10000,
        pixels_per_month=10000,
        if_match='"version"',
    )


def list_audit_entries(client: OneManage) -> types.AuditEntryList:
    return client.audit.list(
        actor="usr_…",
        action="revoke_api_key",
        object="key_…",
        from_="2026-01-31T00:00:00Z",
        to="2026-02-01T00:00:00Z",
    ).first_page()


def create_webhook(client: OneManage) -> types.NewWebhookOut:
    return client.webhooks.create(
        url="https://example.com/hooks/onemanage",
        events=["psd.*.completed", "*.failed"],
        description="The shop",
        idempotency_key="once",
    )


def list_webhooks(client: OneManage) -> types.WebhookList:
    return client.webhooks.list().first_page()


def get_webhook(client: OneManage) -> types.WebhookOut:
    return client.webhooks.get("whk_00000000000000000000000000000000")


def change_webhook(client: OneManage) -> types.WebhookOut:
    return client.webhooks.change(
        "whk_00000000000000000000000000000000",
        url="https://example.com/hooks/onemanage",
        events=["*.failed"],
        description="The shop",
        enabled=True,
        if_match='"version"',
    )


def delete_webhook(client: OneManage) -> None:
    client.webhooks.delete("whk_00000000000000000000000000000000", if_match='"version"')


def rotate_webhook_secret(client: OneManage) -> types.NewWebhookOut:
    return client.webhooks.rotate(
        "whk_00000000000000000000000000000000", idempotency_key="once"
    )


def test_webhook(client: OneManage) -> types.DeliveryOut:
    return client.webhooks.test(
        "whk_00000000000000000000000000000000", idempotency_key="once"
    )


def list_webhook_deliveries(client: OneManage) -> types.DeliveryList:
    return client.webhooks.deliveries.list(
        "whk_00000000000000000000000000000000"
    ).first_page()


def get_webhook_delivery(client: OneManage) -> types.DeliveryOut:
    return client.webhooks.deliveries.get(
        "whk_00000000000000000000000000000000", "dlv_00000000000000000000000000000000"
    )


def redeliver_webhook_event(client: OneManage) -> types.DeliveryOut:
    return client.webhooks.deliveries.redeliver(
        "whk_00000000000000000000000000000000",
        "dlv_00000000000000000000000000000000",
        idempotency_key="once",
    )


def list_dead_letters(client: OneManage) -> types.LetterList:
    return client.dead_letters.list(
        task_id="tsk_00000000000000000000000000000000", subject="tasks.psd.>"
    ).first_page()


def discard_dead_letters(client: OneManage) -> types.DiscardedOut:
    return client.dead_letters.discard_all(
        confirm="all",
        task_id="tsk_00000000000000000000000000000000",
        subject="tasks.psd.>",
    )


def get_dead_letter(client: OneManage) -> types.OpenedLetterOut:
    return client.dead_letters.get(7)


def discard_dead_letter(client: OneManage) -> types.DiscardedOut:
    return client.dead_letters.discard(7)


def replay_dead_letter(client: OneManage) -> types.ReplayedOut:
    return client.dead_letters.replay(7, idempotency_key="once")


def replay_dead_letters(client: OneManage) -> types.ReplayedOut:
    return client.dead_letters.replay_all(
        task_id="tsk_00000000000000000000000000000000",
        subject="tasks.psd.>",
        idempotency_key="once",
    )


def get_health(client: OneManage) -> types.HealthOut:
    return client.health.live()


def get_readiness(client: OneManage) -> types.HealthOut:
    return client.health.ready()


def get_system(client: OneManage) -> types.SystemOut:
    return client.health.system()


ASYNC_CALLS: dict[str, Callable[[AsyncOneManage], Awaitable[object]]] = {
    "upload_file": async_upload_file,
    "list_files": async_list_files,
    "get_file": async_get_file,
    "delete_file": async_delete_file,
    "get_file_content": async_get_file_content,
    "begin_upload": async_begin_upload,
    "list_uploads": async_list_uploads,
    "get_upload": async_get_upload,
    "abort_upload": async_abort_upload,
    "list_upload_parts": async_list_upload_parts,
    "complete_upload": async_complete_upload,
    "create_document": async_create_document,
    "list_documents": async_list_documents,
    "get_document": async_get_document,
    "delete_document": async_delete_document,
    "get_manifest": async_get_manifest,
    "list_embedded_files": async_list_embedded_files,
    "get_embedded_file": async_get_embedded_file,
    "get_composite": async_get_composite,
    "list_layers": async_list_layers,
    "get_layer": async_get_layer,
    "get_layer_image": async_get_layer_image,
    "search_layers": async_search_layers,
    "create_rendition": async_create_rendition,
    "list_renditions": async_list_renditions,
    "get_rendition": async_get_rendition,
    "delete_rendition": async_delete_rendition,
    "get_rendition_image": async_get_rendition_image,
    "get_rendition_archive": async_get_rendition_archive,
    "get_document_archive": async_get_document_archive,
    "create_diff": async_create_diff,
    "get_diff": async_get_diff,
    "delete_diff": async_delete_diff,
    "get_diff_image": async_get_diff_image,
    "list_tasks": async_list_tasks,
    "get_task": async_get_task,
    "cancel_task": async_cancel_task,
    "retry_task": async_retry_task,
    "watch_task": async_watch_task,
    "follow_events": async_follow_events,
    "create_template": async_create_template,
    "list_templates": async_list_templates,
    "get_template": async_get_template,
    "change_template": async_change_template,
    "delete_template": async_delete_template,
    "create_render": async_create_render,
    "get_render": async_get_render,
    "create_merge": async_create_merge,
    "list_merges": async_list_merges,
    "repeat_merge": async_repeat_merge,
    "resubmit_merge_rejects": async_resubmit_merge_rejects,
    "get_merge_rejects": async_get_merge_rejects,
    "get_merge": async_get_merge,
    "delete_merge": async_delete_merge,
    "list_merged_rows": async_list_merged_rows,
    "get_merged_image": async_get_merged_image,
    "get_merge_manifest": async_get_merge_manifest,
    "get_merge_manifest_as_parquet": async_get_merge_manifest_as_parquet,
    "get_merge_contact_sheet": async_get_merge_contact_sheet,
    "get_merge_archive": async_get_merge_archive,
    "add_font": async_add_font,
    "list_fonts": async_list_fonts,
    "get_font": async_get_font,
    "delete_font": async_delete_font,
    "create_import_plan": async_create_import_plan,
    "get_import_plan": async_get_import_plan,
    "delete_import_plan": async_delete_import_plan,
    "list_rejects": async_list_rejects,
    "resubmit_rejects": async_resubmit_rejects,
    "delete_rejects": async_delete_rejects,
    "download_rejects": async_download_rejects,
    "create_import": async_create_import,
    "list_imports": async_list_imports,
    "get_import": async_get_import,
    "undo_import": async_undo_import,
    "list_datasets": async_list_datasets,
    "get_dataset": async_get_dataset,
    "drop_dataset": async_drop_dataset,
    "list_rows": async_list_rows,
    "get_profile": async_get_profile,
    "create_export": async_create_export,
    "get_export": async_get_export,
    "delete_export": async_delete_export,
    "get_export_content": async_get_export_content,
    "get_image_info": async_get_image_info,
    "get_tile": async_get_tile,
    "get_signed_image_info": async_get_signed_image_info,
    "get_signed_tile": async_get_signed_tile,
    "get_image": async_get_image,
    "get_signed_image": async_get_signed_image,
    "create_signing_key": async_create_signing_key,
    "list_signing_keys": async_list_signing_keys,
    "get_signing_key": async_get_signing_key,
    "revoke_signing_key": async_revoke_signing_key,
    "get_image_hosts": async_get_image_hosts,
    "set_image_hosts": async_set_image_hosts,
    "create_transformation": async_create_transformation,
    "list_transformations": async_list_transformations,
    "get_transformation": async_get_transformation,
    "delete_transformation": async_delete_transformation,
    "get_transformed_image": async_get_transformed_image,
    "get_transformation_archive": async_get_transformation_archive,
    "create_background": async_create_background,
    "get_background": async_get_background,
    "delete_background": async_delete_background,
    "get_background_image": async_get_background_image,
    "create_batch": async_create_batch,
    "get_batch": async_get_batch,
    "delete_batch": async_delete_batch,
    "list_batch_tasks": async_list_batch_tasks,
    "get_contact_sheet": async_get_contact_sheet,
    "get_batch_archive": async_get_batch_archive,
    "create_analysis": async_create_analysis,
    "get_analysis": async_get_analysis,
    "delete_analysis": async_delete_analysis,
    "find_similar_images": async_find_similar_images,
    "put_preset": async_put_preset,
    "get_preset": async_get_preset,
    "delete_preset": async_delete_preset,
    "list_presets": async_list_presets,
    "delete_preview": async_delete_preview,
    "get_preview": async_get_preview,
    "list_previews": async_list_previews,
    "publish_previews": async_publish_previews,
    "get_preview_content": async_get_preview_content,
    "log_in": async_log_in,
    "list_sessions": async_list_sessions,
    "end_all_sessions": async_end_all_sessions,
    "get_session": async_get_session,
    "end_session": async_end_session,
    "get_me": async_get_me,
    "change_password": async_change_password,
    "switch_workspace": async_switch_workspace,
    "create_sign_in_code": async_create_sign_in_code,
    "exchange_sign_in_code": async_exchange_sign_in_code,
    "set_cookie": async_set_cookie,
    "forget_cookie": async_forget_cookie,
    "list_members": async_list_members,
    "get_member": async_get_member,
    "remove_member": async_remove_member,
    "set_member_role": async_set_member_role,
    "invite_member": async_invite_member,
    "list_invitations": async_list_invitations,
    "get_invitation": async_get_invitation,
    "withdraw_invitation": async_withdraw_invitation,
    "accept_invitation": async_accept_invitation,
    "list_workspaces": async_list_workspaces,
    "create_workspace": async_create_workspace,
    "get_workspace": async_get_workspace,
    "delete_workspace": async_delete_workspace,
    "rename_workspace": async_rename_workspace,
    "suspend_workspace": async_suspend_workspace,
    "resume_workspace": async_resume_workspace,
    "get_retention": async_get_retention,
    "set_retention": async_set_retention,
    "create_api_key": async_create_api_key,
    "list_api_keys": async_list_api_keys,
    "get_api_key": async_get_api_key,
    "revoke_api_key": async_revoke_api_key,
    "rotate_api_key": async_rotate_api_key,
    "get_usage": async_get_usage,
    "get_workspace_limits": async_get_workspace_limits,
    "set_workspace_limits": async_set_workspace_limits,
    "list_audit_entries": async_list_audit_entries,
    "create_webhook": async_create_webhook,
    "list_webhooks": async_list_webhooks,
    "get_webhook": async_get_webhook,
    "change_webhook": async_change_webhook,
    "delete_webhook": async_delete_webhook,
    "rotate_webhook_secret": async_rotate_webhook_secret,
    "test_webhook": async_test_webhook,
    "list_webhook_deliveries": async_list_webhook_deliveries,
    "get_webhook_delivery": async_get_webhook_delivery,
    "redeliver_webhook_event": async_redeliver_webhook_event,
    "list_dead_letters": async_list_dead_letters,
    "discard_dead_letters": async_discard_dead_letters,
    "get_dead_letter": async_get_dead_letter,
    "discard_dead_letter": async_discard_dead_letter,
    "replay_dead_letter": async_replay_dead_letter,
    "replay_dead_letters": async_replay_dead_letters,
    "get_health": async_get_health,
    "get_readiness": async_get_readiness,
    "get_system": async_get_system,
}

CALLS: dict[str, Callable[[OneManage], object]] = {
    "upload_file": upload_file,
    "list_files": list_files,
    "get_file": get_file,
    "delete_file": delete_file,
    "get_file_content": get_file_content,
    "begin_upload": begin_upload,
    "list_uploads": list_uploads,
    "get_upload": get_upload,
    "abort_upload": abort_upload,
    "list_upload_parts": list_upload_parts,
    "complete_upload": complete_upload,
    "create_document": create_document,
    "list_documents": list_documents,
    "get_document": get_document,
    "delete_document": delete_document,
    "get_manifest": get_manifest,
    "list_embedded_files": list_embedded_files,
    "get_embedded_file": get_embedded_file,
    "get_composite": get_composite,
    "list_layers": list_layers,
    "get_layer": get_layer,
    "get_layer_image": get_layer_image,
    "search_layers": search_layers,
    "create_rendition": create_rendition,
    "list_renditions": list_renditions,
    "get_rendition": get_rendition,
    "delete_rendition": delete_rendition,
    "get_rendition_image": get_rendition_image,
    "get_rendition_archive": get_rendition_archive,
    "get_document_archive": get_document_archive,
    "create_diff": create_diff,
    "get_diff": get_diff,
    "delete_diff": delete_diff,
    "get_diff_image": get_diff_image,
    "list_tasks": list_tasks,
    "get_task": get_task,
    "cancel_task": cancel_task,
    "retry_task": retry_task,
    "watch_task": watch_task,
    "follow_events": follow_events,
    "create_template": create_template,
    "list_templates": list_templates,
    "get_template": get_template,
    "change_template": change_template,
    "delete_template": delete_template,
    "create_render": create_render,
    "get_render": get_render,
    "create_merge": create_merge,
    "list_merges": list_merges,
    "repeat_merge": repeat_merge,
    "resubmit_merge_rejects": resubmit_merge_rejects,
    "get_merge_rejects": get_merge_rejects,
    "get_merge": get_merge,
    "delete_merge": delete_merge,
    "list_merged_rows": list_merged_rows,
    "get_merged_image": get_merged_image,
    "get_merge_manifest": get_merge_manifest,
    "get_merge_manifest_as_parquet": get_merge_manifest_as_parquet,
    "get_merge_contact_sheet": get_merge_contact_sheet,
    "get_merge_archive": get_merge_archive,
    "add_font": add_font,
    "list_fonts": list_fonts,
    "get_font": get_font,
    "delete_font": delete_font,
    "create_import_plan": create_import_plan,
    "get_import_plan": get_import_plan,
    "delete_import_plan": delete_import_plan,
    "list_rejects": list_rejects,
    "resubmit_rejects": resubmit_rejects,
    "delete_rejects": delete_rejects,
    "download_rejects": download_rejects,
    "create_import": create_import,
    "list_imports": list_imports,
    "get_import": get_import,
    "undo_import": undo_import,
    "list_datasets": list_datasets,
    "get_dataset": get_dataset,
    "drop_dataset": drop_dataset,
    "list_rows": list_rows,
    "get_profile": get_profile,
    "create_export": create_export,
    "get_export": get_export,
    "delete_export": delete_export,
    "get_export_content": get_export_content,
    "get_image_info": get_image_info,
    "get_tile": get_tile,
    "get_signed_image_info": get_signed_image_info,
    "get_signed_tile": get_signed_tile,
    "get_image": get_image,
    "get_signed_image": get_signed_image,
    "create_signing_key": create_signing_key,
    "list_signing_keys": list_signing_keys,
    "get_signing_key": get_signing_key,
    "revoke_signing_key": revoke_signing_key,
    "get_image_hosts": get_image_hosts,
    "set_image_hosts": set_image_hosts,
    "create_transformation": create_transformation,
    "list_transformations": list_transformations,
    "get_transformation": get_transformation,
    "delete_transformation": delete_transformation,
    "get_transformed_image": get_transformed_image,
    "get_transformation_archive": get_transformation_archive,
    "create_background": create_background,
    "get_background": get_background,
    "delete_background": delete_background,
    "get_background_image": get_background_image,
    "create_batch": create_batch,
    "get_batch": get_batch,
    "delete_batch": delete_batch,
    "list_batch_tasks": list_batch_tasks,
    "get_contact_sheet": get_contact_sheet,
    "get_batch_archive": get_batch_archive,
    "create_analysis": create_analysis,
    "get_analysis": get_analysis,
    "delete_analysis": delete_analysis,
    "find_similar_images": find_similar_images,
    "put_preset": put_preset,
    "get_preset": get_preset,
    "delete_preset": delete_preset,
    "list_presets": list_presets,
    "delete_preview": delete_preview,
    "get_preview": get_preview,
    "list_previews": list_previews,
    "publish_previews": publish_previews,
    "get_preview_content": get_preview_content,
    "log_in": log_in,
    "list_sessions": list_sessions,
    "end_all_sessions": end_all_sessions,
    "get_session": get_session,
    "end_session": end_session,
    "get_me": get_me,
    "change_password": change_password,
    "switch_workspace": switch_workspace,
    "create_sign_in_code": create_sign_in_code,
    "exchange_sign_in_code": exchange_sign_in_code,
    "set_cookie": set_cookie,
    "forget_cookie": forget_cookie,
    "list_members": list_members,
    "get_member": get_member,
    "remove_member": remove_member,
    "set_member_role": set_member_role,
    "invite_member": invite_member,
    "list_invitations": list_invitations,
    "get_invitation": get_invitation,
    "withdraw_invitation": withdraw_invitation,
    "accept_invitation": accept_invitation,
    "list_workspaces": list_workspaces,
    "create_workspace": create_workspace,
    "get_workspace": get_workspace,
    "delete_workspace": delete_workspace,
    "rename_workspace": rename_workspace,
    "suspend_workspace": suspend_workspace,
    "resume_workspace": resume_workspace,
    "get_retention": get_retention,
    "set_retention": set_retention,
    "create_api_key": create_api_key,
    "list_api_keys": list_api_keys,
    "get_api_key": get_api_key,
    "revoke_api_key": revoke_api_key,
    "rotate_api_key": rotate_api_key,
    "get_usage": get_usage,
    "get_workspace_limits": get_workspace_limits,
    "set_workspace_limits": set_workspace_limits,
    "list_audit_entries": list_audit_entries,
    "create_webhook": create_webhook,
    "list_webhooks": list_webhooks,
    "get_webhook": get_webhook,
    "change_webhook": change_webhook,
    "delete_webhook": delete_webhook,
    "rotate_webhook_secret": rotate_webhook_secret,
    "test_webhook": test_webhook,
    "list_webhook_deliveries": list_webhook_deliveries,
    "get_webhook_delivery": get_webhook_delivery,
    "redeliver_webhook_event": redeliver_webhook_event,
    "list_dead_letters": list_dead_letters,
    "discard_dead_letters": discard_dead_letters,
    "get_dead_letter": get_dead_letter,
    "discard_dead_letter": discard_dead_letter,
    "replay_dead_letter": replay_dead_letter,
    "replay_dead_letters": replay_dead_letters,
    "get_health": get_health,
    "get_readiness": get_readiness,
    "get_system": get_system,
}
