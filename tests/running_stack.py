"""What tests ask of a stack that is running, beside its API."""

from onemanage.local.stack import Stack, common_environment
from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.storage import Storage


def storage_of(stack: Stack) -> Storage:
    """The bucket that its services write to."""
    given = common_environment(stack.addresses)
    return Storage(
        StorageSettings(
            s3_endpoint=given["S3_ENDPOINT"],
            s3_bucket=given["S3_BUCKET"],
            s3_access_key_id=given["S3_ACCESS_KEY_ID"],
            s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        )
    )
