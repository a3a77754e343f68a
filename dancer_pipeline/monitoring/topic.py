"""The SNS topic that people listen to."""

from dancer_pipeline.aws import client
from dancer_pipeline.monitoring.notices import Notice


class NotToldError(Exception):
    """A message was certainly not sent: it may be tried again."""


class UnsureError(Exception):
    """The answer was lost: the message may have been sent, and is not sent again."""


def publish(topic: str, notice: Notice) -> None:
    """Send a message.

    Raises
    ------
    NotToldError, UnsureError
    """
    from botocore import exceptions as trouble

    refused = (
        trouble.ClientError,
        trouble.ConnectTimeoutError,
        trouble.EndpointConnectionError,
        trouble.NoCredentialsError,
        trouble.CredentialRetrievalError,
        trouble.ProxyConnectionError,
        trouble.SSLError,
    )
    try:
        client("sns").publish(TopicArn=topic, Subject=notice.subject, Message=notice.body)
    except refused as error:
        raise NotToldError(str(error)) from error
    except Exception as error:  # whatever else happens, happens after it was sent
        raise UnsureError(str(error)) from error
