"""An example of every JSON body and answer, made of those that stand at their fields.

What a schema says of itself as a whole goes before what its fields say: so bodies whose
fields exclude each other have one (``json_schema_extra``).
"""

from typing import Any

from onemanage.gateway.http.shown import REF, Json

_JSON = "application/json"
_MOMENT = "2026-11-24T12:00:00Z"
_RESULTS = {
    "create_document": "DocumentResult",
    "create_rendition": "RenditionResult",
    "create_diff": "DocumentDiffResult",
    "create_template": "TemplateResult",
    "change_template": "TemplateResult",
    "add_font": "FontResult",
    "create_transformation": "TransformationResult",
    "create_background": "BackgroundImageResult",
    "create_analysis": "AssetResult",
    "create_import": "ImportResult",
    "resubmit_rejects": "ImportResult",
    "undo_import": "ImportResult",
    "create_export": "DatasetExportResult",
    "publish_previews": "PublishedPreviewsResult",
    "drop_dataset": "DroppedDatasetResult",
}
"""What a task shows that this operation has ordered; of all others it is running."""


def add_examples(operation: Json, schemas: Json) -> None:
    """To the JSON of its body and of its successful answers, where there is none."""
    made = _Examples(schemas)
    body = operation.get("requestBody", {}).get("content", {})
    answers = [
        (status, answer.get("content", {}))
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    ]
    for status, content in (("", body), *answers):
        told = content.get(_JSON)
        if told is not None and "example" not in told and "examples" not in told:
            told["example"] = made.of(told["schema"])
            if told["schema"].get("$ref") == f"{REF}TaskOut":
                result = _RESULTS.get(operation["operationId"])
                told["example"] |= made.task(result if status == "200" else None)


class _Examples:
    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self._within: list[str] = []

    def task(self, result: str | None) -> Json:
        """What differs from one task to the other."""
        if result is None:
            return {"state": "running", "result": None, "error": None}
        shown = self.of({"$ref": REF + result})
        return {"state": "completed", "result": shown, "error": None}

    def of(self, schema: Json) -> Any:
        if "examples" in schema:
            return schema["examples"][0]
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if "$ref" in schema:
            return self._named(schema["$ref"].removeprefix(REF))
        for choices in ("anyOf", "oneOf", "allOf"):
            if choices in schema:
                return self._first(schema[choices])
        if "default" in schema:
            return schema["default"]
        return self._of_type(schema)

    def _named(self, name: str) -> Any:
        if name in self._within:
            return None
        self._within.append(name)
        try:
            return self.of(self._schemas[name])
        finally:
            self._within.pop()

    def _first(self, choices: list[Json]) -> Any:
        """Of one that holds something, and does not hold itself."""
        for each in choices:
            name = each.get("$ref", "").removeprefix(REF)
            if each != {"type": "null"} and name not in self._within:
                return self.of(each)
        return None

    def _of_type(self, schema: Json) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._of_object(schema)
        if kind == "array":
            few = schema.get("minItems", 0) or self._holds_more(schema)
            return [self.of(schema["items"])] if few else []
        if kind == "string":
            return _MOMENT if schema.get("format") == "date-time" else "text"
        if kind in ("integer", "number"):
            lowest = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            return lowest
        return True if kind == "boolean" else None

    def _of_object(self, schema: Json) -> Json:
        required = schema.get("required", ())
        return {
            name: self.of(each)
            for name, each in schema.get("properties", {}).items()
            if name in required or "examples" in each
        }

    def _holds_more(self, schema: Json) -> bool:
        name = schema.get("items", {}).get("$ref", "").removeprefix(REF)
        return "items" in schema and name not in self._within
