"""Examples of answers: a table tells what each model says of its own, and models that hold others are put together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

NOTHING = object()
"""Where the table says nothing."""

Schema = Mapping[str, Any]


class Examples:
    """Examples that fit the answers of one OpenAPI document."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self._told = json.loads((files("api") / "examples.json").read_text(encoding="utf-8"))

    def answer(self, operation: str, schema: Schema) -> Any:
        """An example of an answer: what the table says of the operation itself, or else of the model it answers with.

        Raises LookupError for a field of which neither the table nor a default tells.
        """
        return self._of(schema, self._told.get(operation, NOTHING), operation)

    def _of(self, schema: Schema, told: Any, where: str) -> Any:
        if "anyOf" in schema:
            if told is None or (told is NOTHING and not self._model(schema["anyOf"][0])):
                return None
            return self._of(schema["anyOf"][0], told, where)
        if model := self._model(schema):
            return self._put_together(model, told if isinstance(told, dict) else {})
        if "items" in schema and self._model(schema["items"]):
            parts = [NOTHING] if told is NOTHING else told
            return [self._of(schema["items"], part, where) for part in parts]
        if told is NOTHING and "default" not in schema:
            raise LookupError(f"api/examples.json tells nothing of {where}")
        return schema["default"] if told is NOTHING else told

    def _put_together(self, model: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """What is told of a model in its place, over what the table tells of it, over the examples of what it holds."""
        fields = self._schemas[model]["properties"]
        own = {**self._told.get(model, self._told.get(f"{model}Shown", {})), **told}
        return {name: self._of(field, own.get(name, NOTHING), f"{model}.{name}") for name, field in fields.items()}

    def _model(self, schema: Schema) -> str:
        """The name of a model with fields; empty for anything else."""
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return name if "properties" in self._schemas.get(name, {}) else ""
