"""What the HTTP API is, for programs that read OpenAPI: made from the messages themselves."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from mien.media.coded import FORMATS
from mien.server.wire import FROM_PAGE, FROM_SERVER, VERSION, Ice, Motion, MotionHead, Opened, Word, name_of

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def described() -> dict[str, Any]:
    """The document, OpenAPI 3.1."""
    kinds = (Opened, Word, Ice, *FROM_PAGE, *FROM_SERVER, MotionHead, Motion)
    session = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    page = {"oneOf": [_ref(kind) for kind in FROM_PAGE]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "mien", "version": str(VERSION), "description": "A live face. See docs/live.md."},
        "paths": {
            "/v1/sessions": {"post": _call("Open a session", {"201": _json(_ref(_kind("Welcome")))}, _ref(Opened))},
            "/v1/sessions/{id}": {"parameters": session, "delete": _call("End it", {"204": _plain("It is over")})},
            "/v1/sessions/{id}/messages": {
                "parameters": session,
                "post": _call("Say, interrupt, feel …", {"202": _plain("It will be done")}, page),
            },
            "/v1/sessions/{id}/offer": {
                "parameters": session,
                "post": {
                    **_call("WebRTC: an offer, for an answer", {"201": _sdp("The answer")}),
                    "requestBody": {"content": {"application/sdp": {}}},
                },
            },
            "/v1/sessions/{id}/speech": {
                "parameters": session,
                "post": {
                    **_call("Ready speech, said as it comes", {"200": _plain("Seconds that were taken")}),
                    "requestBody": {"content": {"audio/pcm": {}, "audio/*": {}}},
                },
            },
            "/v1/sessions/{id}/portrait": {
                "parameters": session,
                "put": {
                    **_call("Another photo", {"200": _plain("What there is to say about it"), "422": _plain("Poor")}),
                    "requestBody": {"content": {"image/*": {}}},
                },
            },
            "/v1/sessions/{id}/events": {
                "parameters": session,
                "get": _call("Messages as server-sent events", {"200": _stream("text/event-stream", FROM_SERVER)}),
            },
            "/v1/sessions/{id}/motion": {
                "parameters": session,
                "get": _call(
                    "ARKit frames, a line each, or a MessagePack map each where Accept asks for application/msgpack",
                    {"200": _stream("application/x-ndjson", (MotionHead, Motion))},
                ),
            },
            "/v1/audio/speech": {"post": _call("Text to speech, as OpenAI's", {"200": _plain("Sound")}, SPEECH)},
        },
        "components": {"schemas": {kind.__name__: schema(kind) for kind in kinds}},
    }


MOTION = (MotionHead, Motion)

SPEECH = {
    "type": "object",
    "required": ["input"],
    "properties": {
        "input": {"type": "string"},
        "voice": {"type": "string"},
        "response_format": {"enum": list(FORMATS)},
        "speed": {"type": "number", "minimum": 0.5, "maximum": 2},
    },
}


def schema(hint: Any) -> dict[str, Any]:
    """JSON schema of a type of wire.py."""
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        typed = {"type": {"const": name_of(typing.cast(type, hint))}} if hint not in (Word, Ice, Opened) else {}
        return {
            "type": "object",
            "description": " ".join((hint.__doc__ or "").split()),
            "properties": typed | {part.name: _inner(hints[part.name]) for part in fields(hint)},
            "required": [
                *typed,
                *(p.name for p in fields(hint) if p.default is MISSING and p.default_factory is MISSING),
            ],
        }
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    parts = get_args(hint)
    match get_origin(hint):
        case typing.Literal:
            return {"enum": list(parts)}
        case origin if origin is list:
            return {"type": "array", "items": _inner(parts[0])}
        case origin if origin is dict:
            return {"type": "object", "additionalProperties": _inner(parts[1])}
        case origin if origin in (types.UnionType, typing.Union):
            return {"anyOf": [_inner(part) for part in parts]}
    raise TypeError(f"no schema for {hint}")


def _inner(hint: Any) -> dict[str, Any]:
    return _ref(hint) if is_dataclass(hint) else schema(hint)


def _ref(kind: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _kind(name: str) -> type:
    return next(kind for kind in FROM_SERVER if kind.__name__ == name)


def _call(summary: str, responses: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    refused = {"4XX": {"description": "A sentence that says why", "content": {"text/plain": {}}}}
    found: dict[str, Any] = {"summary": summary, "responses": responses | refused}
    if body is not None:
        found["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return found


def _plain(text: str) -> dict[str, Any]:
    return {"description": text}


def _sdp(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/sdp": {}}}


def _json(of: dict[str, Any]) -> dict[str, Any]:
    return {"description": "It is", "content": {"application/json": {"schema": of}}}


def _stream(kind: str, of: tuple[type, ...]) -> dict[str, Any]:
    return {"description": "As it happens", "content": {kind: {"schema": {"oneOf": [_ref(k) for k in of]}}}}
