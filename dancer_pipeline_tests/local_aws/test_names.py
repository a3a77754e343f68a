"""Keys of any characters: stored, read and listed as they are."""

import pytest

from dancer_pipeline_tests.standin import Aws


@pytest.mark.parametrize("key", ["in/new\nline", "in/nul\0", "in/\x1b[31m", "in/a b+c%20", "é💃"])
def test_a_key_of_any_characters_is_stored_and_listed_as_it_is(aws: Aws, key: str):
    bucket, s3 = aws.bucket("Enabled"), aws.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    s3.put_object(Bucket=bucket, Key=f"{key}2", Body=b"x")
    s3.delete_object(Bucket=bucket, Key=f"{key}2")

    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"x"
    first = s3.list_object_versions(Bucket=bucket, MaxKeys=1)
    assert [it["Key"] for it in first["Versions"]] == [first["NextKeyMarker"]] == [key]
    listed = s3.list_object_versions(Bucket=bucket, Prefix=key)
    assert {it["Key"] for it in listed["Versions"]} == {key, f"{key}2"}
    assert [it["Key"] for it in listed["DeleteMarkers"]] == [f"{key}2"]
