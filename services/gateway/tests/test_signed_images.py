"""Images for everybody: who signed the address, until when, and what it may ask for."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from onemanage.contracts.base import CompletedEvent, Status, utc_now
from onemanage.contracts.deletion import Deleted, Thing
from onemanage.contracts.imaging.deletion import DELETE_FROM_IMAGING
from onemanage.contracts.imaging.images import MadeImageKept
