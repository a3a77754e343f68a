"""Whether the queue is told of every upload, once, and of nothing else."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from dancer_pipeline.aws import client
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, wrong
from dancer_pipeline.doctor.policies import Sender, lets
from dancer_pipeline.doctor.queues import attributes
from dancer_pipeline.doctor.tellers import CREATED, Teller, tellers

AGAIN = "Apply deploy/aws/template.yaml again"


def notification(at: Deployment) -> Iterator[Finding]:
    """Whether the queue is told of every upload below the source."""
    found = [it for it in _of_uploads(at) if it.created]
    on = [it for it in found if it.is_on]
    covering = [it for it in on if it.covers(_prefix(at))]
    if not found:
        yield wrong(
            f"nothing tells {_queue(at)} of uploads to {_bucket(at)}; whoever writes a bucket's"
            " notifications replaces all of them",
            f"{AGAIN}. Until then the listing finds uploads, later.",
        )
    elif not on:
        yield wrong(
            f"{found[0].words} is disabled", f"Enable it: aws events enable-rule, or: {AGAIN}."
        )
    elif not covering:
        yield wrong(
            f"{_bucket(at)} tells of {_told(on)}, not of all below {_prefix(at) or 'its root'}",
            "Give notification and DANCER_SOURCE the same prefix, and the notification no suffix.",
        )
    elif all(it.is_filtered for it in covering):
        yield wrong(
            f"{covering[0].words} passes on to {_queue(at)} only what a FilterPolicy lets through",
            "Remove it: aws sns set-subscription-attributes --attribute-name FilterPolicy"
            " --attribute-value '{}' --subscription-arn (that of the queue's subscription)",
        )
    elif missing := sorted(CREATED - _created(covering)):
        yield wrong(
            f"uploads by {', '.join(missing)} are not told of",
            "Let the notification tell of s3:ObjectCreated:*, large files are uploaded in parts.",
        )
    else:
        ways = " and ".join(dict.fromkeys(it.words for it in on))
        yield good(f"{ways} tells {_queue(at)} of uploads to {at.settings.source}")


def _created(covering: Iterable[Teller]) -> frozenset[str]:
    """Return the kinds of uploads that all are told of."""
    return frozenset().union(*(it.created for it in covering if not it.is_filtered))


def filter_overlap(at: Deployment) -> Iterator[Finding]:
    """Whether an upload is told once."""
    on = [it for it in _of_uploads(at) if it.is_on]
    twice = [pair for pair in combinations(on, 2) if _overlap(*pair)]
    for one, other in twice:
        yield wrong(
            f"{one.words} ({_told([one])}) and {other.words} ({_told([other])}) tell of the same"
            " uploads: each arrives twice",
            "Remove one of the two, or give them prefixes that do not begin with each other.",
        )
    if not twice:
        yield good("no upload is told of twice")


def results_unwatched(at: Deployment) -> Iterator[Finding]:
    """Whether results are told of as if they were uploads."""
    place = at.results
    bucket, prefix = (place.bucket, place.prefix) if place else ("", "")
    watching = [it for it in tellers(bucket, _arn(at)) if it.created and it.meets(prefix)]
    for it in watching:
        yield wrong(
            f"{it.words} tells {_queue(at)} of {_told([it])} of {bucket}, where results are written"
            f" ({at.settings.results})",
            "Set DANCER_RESULTS to a bucket or prefix that is not watched, or narrow that filter.",
        )
    if not watching:
        yield good(f"{at.settings.results}: nothing tells the queue of it")


def senders(at: Deployment) -> Iterator[Finding]:
    """Whether those who tell the queue may."""
    policy = attributes(at.settings.queue or "").get("Policy")
    for it in {it.sender_arn: it for it in _of_uploads(at)}.values():
        if not lets(policy, _sender(at, it.service, it.sender_arn), "sqs:SendMessage"):
            yield wrong(
                f"the policy of {_queue(at)} does not let {it.words} send: its news are lost",
                f"{AGAIN}: it allows sqs:SendMessage to {it.service}.amazonaws.com with"
                f" aws:SourceArn {it.sender_arn}.",
            )
        elif it.service == "sns" and not _may_publish(at, it):
            yield wrong(
                f"the policy of {it.words} does not let S3 publish: news of uploads are lost",
                f"{AGAIN}: it allows sns:Publish to s3.amazonaws.com with the bucket's ARN.",
            )
        else:
            yield good(f"{it.words} may send to {_queue(at)}")


def _may_publish(at: Deployment, it: Teller) -> bool:
    found = client("sns").get_topic_attributes(TopicArn=it.sender_arn)["Attributes"]
    bucket_arn = f"arn:{it.sender_arn.split(':')[1]}:s3:::{_bucket(at)}"
    return lets(found.get("Policy"), _sender(at, "s3", bucket_arn), "sns:Publish")


def _sender(at: Deployment, service: str, arn: str) -> Sender:
    """Describe who sends; the ARN of a bucket does not name its account."""
    return Sender(service, arn, arn.split(":")[4] or at.settings.bucket_owner)


def _overlap(one: Teller, other: Teller) -> bool:
    is_same_kind = bool(one.created & other.created)
    suffixes = one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix)
    return is_same_kind and suffixes and any(other.meets(prefix) for prefix in one.prefixes)


def _of_uploads(at: Deployment) -> list[Teller]:
    return tellers(_bucket(at), _arn(at))


def _told(found: list[Teller]) -> str:
    prefixes = dict.fromkeys(prefix or "everything" for it in found for prefix in it.prefixes)
    suffixes = dict.fromkeys(f"*{it.suffix}" for it in found if it.suffix)
    return " and ".join([*prefixes, *suffixes])


def _arn(at: Deployment) -> str:
    return attributes(at.settings.queue or "")["QueueArn"]


def _queue(at: Deployment) -> str:
    return f"queue {_arn(at).rsplit(':', 1)[-1]}"


def _bucket(at: Deployment) -> str:
    return at.source.bucket if at.source else ""


def _prefix(at: Deployment) -> str:
    return at.source.prefix if at.source else ""
