"""The last module that the nursery's fork server imports: first uses that cost much.

botocore reads its description of S3 from JSON at the first client of a process, for a
tenth of a second each; those that are forked from here find it read.
"""

from onemanage.platform.process.settings import StorageSettings
from onemanage.platform.storage.storage import Storage

Storage(
    StorageSettings(
        s3_endpoint="http://127.0.0.1:1",  # nobody is asked
        s3_bucket="none",
        s3_access_key_id="none",
        s3_secret_access_key="none",
    )
)
