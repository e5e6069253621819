"""The one place that knows Aliyun's SDK, which has no types: three calls, in plain data.

Requests and answers are dicts under the names of the API's own pages
(https://www.alibabacloud.com/help/en/eci/developer-reference/api-eci-2018-08-08-overview).
Its retries stay off: they sleep in the event loop's own thread, and whoever calls here
knows better when to ask again.

    EciRefused    answered, with a code: nothing was done
    EciAway       no answer, or one that leaves open what was done
"""

from typing import Any

# None of these packages has types; what leaves this module has.
from alibabacloud_eci20180808 import (  # type: ignore[import-untyped]  # so
    client,
    models,
)
from alibabacloud_tea_openapi import exceptions as faults  # type: ignore[import-untyped]  # so
from alibabacloud_tea_openapi import models as openapi
from alibabacloud_tea_util import models as util  # type: ignore[import-untyped]  # so
from Tea.exceptions import TeaException  # type: ignore[import-untyped]  # so

type Answer = dict[str, Any]

_CONNECT_MS, _READ_MS = 5_000, 20_000
_SERVER_FAULT = 500
_OPEN = ("Throttling", "LastTokenProcessing", "ServiceUnavailable", "InternalError")
"""Codes below 500 too with which it is open what was done, or soon may be."""


class EciRefused(Exception):
    """Nothing was done."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class EciAway(Exception):
    """Nobody knows whether anything was done."""


class EciApi:
    """The calls that are needed, of one region."""

    def __init__(
        self, region: str, key_id: str, secret: str, endpoint: str = ""
    ) -> None:
        scheme, _, host = endpoint.rpartition("://")
        config = openapi.Config(
            access_key_id=key_id,
            access_key_secret=secret,
            region_id=region,
            endpoint=host or f"eci.{region}.aliyuncs.com",
            protocol=scheme or "https",
        )
        self._region, self._client = region, client.Client(config)
        self._runtime = util.RuntimeOptions(
            autoretry=False, connect_timeout=_CONNECT_MS, read_timeout=_READ_MS
        )

    async def create(self, asked: Answer) -> Answer:
        """CreateContainerGroup. Raises EciRefused, EciAway."""
        return await self._call(
            self._client.create_container_group_with_options_async,
            models.CreateContainerGroupRequest(),
            asked,
        )

    async def describe(self, asked: Answer) -> Answer:
        """DescribeContainerGroups, one page. Raises EciRefused, EciAway."""
        return await self._call(
            self._client.describe_container_groups_with_options_async,
            models.DescribeContainerGroupsRequest(),
            asked,
        )

    async def delete(self, asked: Answer) -> Answer:
        """DeleteContainerGroup. Raises EciRefused, EciAway."""
        return await self._call(
            self._client.delete_container_group_with_options_async,
            models.DeleteContainerGroupRequest(),
            asked,
        )

    async def _call(self, method: Any, request: Any, asked: Answer) -> Answer:
        request.from_map({"RegionId": self._region, **asked})
        try:
            answer = await method(request, self._runtime)
        except faults.AlibabaCloudException as error:
            code = str(error.code)
            if error.status_code >= _SERVER_FAULT or code.startswith(_OPEN):
                raise EciAway(f"{code}: {error.message}") from error
            raise EciRefused(code, str(error.message)) from error
        except TeaException as error:  # of the way there and back
            raise EciAway(str(error)) from error
        body: Answer = answer.to_map()["body"]
        return body
