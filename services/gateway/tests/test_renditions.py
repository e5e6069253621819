"""Renditions and diffs over HTTP: one gateway, with psd's answers and worker beside it."""

import io
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zlib import crc32

import httpx
import msgspec
import pytest

from onemanage.contracts.base import artifacts_prefix, new_id
from onemanage.contracts.psd import Document, GetDocument, ImageFile, Manifest
from onemanage.contracts.psd_diffs import (
    CompareDocuments,
    DiffManifest,
    DocumentDiff,
    GetDiff,
    LayerDifference,
)
from onemanage.contracts.psd_renditions import (
    GetRendition,
    ListRenditions,
    RenderDocument,
    Rendition,
    RenditionImage,
    RenditionManifest,
    RenditionPage,
    RenditionSpec,
)
from onemanage.contracts.psd_style import Box
from onemanage.gateway.app import create_app, open_gateway
from onemanage.gateway.auth import new_api_key
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Store
from onemanage.platform.nats import Client
from onemanage.platform.queries import QueryFailed, answering
from onemanage.platform.settings import ProcessSettings
from onemanage.platform.storage import Storage
from onemanage.platform.testing import MakeDatabase, Servers, working
