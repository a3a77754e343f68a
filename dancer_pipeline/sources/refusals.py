"""What S3's error answers mean, in words that say what to do."""

from botocore.exceptions import ClientError

from dancer_pipeline.sources.protocol import SourceRefusedError

PASSING_STATUSES = (408, 429, 500, 502, 503, 504)
"""Answers that ask for patience."""


def status_of(error: ClientError) -> int:
    """Return the HTTP status; a HEAD's answer has nothing else to tell by."""
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def code_of(error: ClientError) -> str:
    """Return S3's word for the error, or its HTTP status."""
    return str(error.response.get("Error", {}).get("Code", status_of(error)))


def explained(error: ClientError, what: str, permission: str) -> Exception:
    """Return an error that says what to do where somebody must do something, else `error`."""
    code = code_of(error)
    if code == "InvalidObjectState":
        return SourceRefusedError(
            f"{what} is archived: restore it in S3, or copy it to another storage class, and retry"
        )
    if code.startswith("KMS."):
        return SourceRefusedError(
            f"{what} cannot be decrypted ({code}): enable the KMS key that it is encrypted with"
        )
    if status_of(error) == 403:
        return SourceRefusedError(
            f"access to {what} was denied ({code}): the role needs {permission}, kms:Decrypt where"
            " a KMS key encrypts, and s3:ListBucket to tell what is missing from what is forbidden"
        )
    return error
