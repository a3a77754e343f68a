"""No secret gets into what is kept: canaries of every kind, and words that are none."""

import pytest

from dancer_pipeline.redaction import known_secrets, redacted

CANARY = "c4naryC4NARY/c4nary+C4NARYc4nary"


@pytest.mark.parametrize(
    "text",
    [
        "https://b.s3.amazonaws.com/in/a.mp4?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60"
        f"&X-Amz-Signature={CANARY}",
        f"GET /a.mp4?X-Amz-Credential={CANARY}%2F20261120%2Feu-west-1&X-Amz-Date=20261120T140000Z",
        f"https://b.s3.amazonaws.com/a?x-amz-security-token={CANARY}",
        f"https://b.s3.amazonaws.com/a?AWSAccessKeyId={CANARY}&Signature={CANARY}&Expires=1",
        f"https://x.blob.core.windows.net/a?sv=2021&sig={CANARY}",
        f"postgresql://dancer:{CANARY.replace('/', '%2F')}@db:5432/ledger",
        "amqp://user:c4nary@C4NARY@host/",
        f"aws_secret_access_key = {CANARY}",
        f"aws_session_token={CANARY}",
        f"{{'AccessKeyId': 'x', 'SecretAccessKey': '{CANARY}', 'SessionToken': '{CANARY}'}}",
        f'{{"SecretAccessKey": "{CANARY}"}}',
        f'"{{\\"SecretAccessKey\\": \\"{CANARY}\\"}}"',
        f"Authorization: AWS4-HMAC-SHA256 Credential={CANARY}, Signature={CANARY}",
        f"authorization: Bearer {CANARY}",
        f"connect(host='db', password='c4nary with spaces {CANARY}', user='me')",
        f"PGPASSWORD={CANARY} psql",
        f"DB_PASSWORD: '{CANARY}",
        f"api-key={CANARY}",
        "the key ASIA1C4NARYC4NARY123 has expired",
        f"IQoJb3JpZ2luX2VjC4nary{CANARY}{CANARY}",
    ],
)
def test_a_secret_is_taken_out_by_its_name_or_its_shape(text: str):
    shown = redacted(text)

    assert "c4nary" not in shown.lower()
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "pose: 120 of about 300 frames (40 %), 25.0 frames/s",
        "s3://uploads/in/anna/squat 1.mp4 version 3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/uploads",
        "postgresql://dancer@db:5432/ledger",
        "the token bucket is full, no signature of a person was found",
        "walk-0c57e1a2b3c4d5e6f708: version etag-9b2cf535f27731c974343645a3985328-1763640000",
        "http://127.0.0.1:3000/runs/4f2c@x",
    ],
)
def test_what_is_no_secret_stays(text: str):
    assert redacted(text) == text


def test_what_stands_around_a_secret_stays_readable():
    url = f"https://b.s3.amazonaws.com/a.mp4?X-Amz-Signature={CANARY}&X-Amz-Expires=60 was 403"

    assert redacted(url) == (
        "https://b.s3.amazonaws.com/a.mp4?X-Amz-Signature=***&X-Amz-Expires=60 was 403"
    )
    assert redacted("postgresql://me:pa$$w@rd@db/x") == "postgresql://me:***@db/x"


def test_secrets_that_the_process_was_given_are_known_wherever_they_stand():
    known = known_secrets(
        {
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG",
            "DANCER_LEDGER": "postgresql://me:hunter2hunter2@db/x",
            "PASSWORD_MIN_LENGTH": "8",
            "PATH": "/usr/bin:/bin",
        }
    )

    assert known == ("wJalrXUtnFEMI/K7MDENG", "hunter2hunter2")
    assert redacted("('wJalrXUtnFEMI/K7MDENG', hunter2hunter2, 8 frames)", known) == (
        "('***', ***, 8 frames)"
    )


@pytest.mark.parametrize("part", ["secret", "://a:", "password='", 'token="', "sig", "a", "\\"])
def test_hostile_text_of_a_megabyte_is_read_to_its_end(part: str):
    assert redacted(part * (1_000_000 // len(part)) + " password=c4nary").count("c4nary") == 0
