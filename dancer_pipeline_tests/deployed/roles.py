"""The roles of the template in a stand-in that checks permissions.

It leaves conditions aside, and answers 404 where S3 answers 403 to a role that may not list.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import boto3

from dancer_pipeline.aws import client
from dancer_pipeline_tests.deployed.conftest import Deployed
from dancer_pipeline_tests.deployed.identities import ACCOUNT
from dancer_pipeline_tests.deployed.template import Resource
from dancer_pipeline_tests.standin import REGION

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Checked:
    """A stack, its owner, and the keys of its roles, in a stand-in that checks permissions."""

    deployed: Deployed
    owner: Mapping[str, str]
    roles: Mapping[str, Mapping[str, str]]
    stranger: str
    """A bucket that is none of the stack's."""

    sessions: dict[str | None, boto3.Session] = field(default_factory=dict)
    """A session keeps the credentials that it found first."""

    @property
    def uploads(self) -> str:
        return str(self.deployed["UploadsBucket"]["BucketName"])

    @property
    def results(self) -> str:
        return str(self.deployed["ResultsBucket"]["BucketName"])

    @property
    def queue(self) -> str:
        return str(self.deployed["UploadsQueue"]["QueueName"])

    @contextmanager
    def acting(self, role: str | None = None) -> Iterator[None]:
        """Give the SDKs of this process the keys of a role, or of the stack's owner.

        The owner is a user, whose keys come without a token: not for use within another's acting.
        """
        keys = self.roles[role] if role else self.owner
        environment = {**self.deployed.aws.environment, **keys}
        session = self.sessions.setdefault(role, _session(keys))
        with patch.dict(os.environ, environment), patch("boto3.DEFAULT_SESSION", session):
            client.cache_clear()
            try:
                yield
            finally:
                client.cache_clear()

    @contextmanager
    def without(self, role: str, sid: str, action: str) -> Iterator[None]:
        """Take one action from one statement of a role, for as long as it is tried."""
        full = document(self.deployed, role)
        less = json.loads(json.dumps(full))
        [statement] = [it for it in less["Statement"] if it["Sid"] == sid]
        statement["Action"].remove(action)
        less["Statement"] = [it for it in less["Statement"] if it["Action"]]
        self._write(role, less)
        try:
            yield
        finally:
            self._write(role, full)

    def _write(self, role: str, content: dict[str, Any]) -> None:
        [policy] = self.deployed[role]["Policies"]
        with self.acting():
            client("iam").put_role_policy(
                RoleName=f"{self.deployed.stack.resolved.stack}-{role}",
                PolicyName=policy["PolicyName"],
                PolicyDocument=json.dumps(content),
            )


def document(deployed: Deployed, role: str) -> dict[str, Any]:
    """Return the one document of a role's permissions."""
    [policy] = deployed[role]["Policies"]
    found: dict[str, Any] = policy["PolicyDocument"]
    return found


def checked(deployed: Deployed) -> Checked:
    """Make keys for the owner and for every role, then let permissions count."""
    iam, sts = deployed.aws.client("iam"), deployed.aws.client("sts")
    iam.create_user(UserName="owner")
    text = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})
    iam.put_user_policy(UserName="owner", PolicyName="all", PolicyDocument=text)
    key = iam.create_access_key(UserName="owner")["AccessKey"]
    owner = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    roles = {it.name: _keys(sts, it, deployed) for it in _roles(deployed)}
    stranger = deployed.aws.bucket()
    deployed.aws.client("s3").put_object(Bucket=stranger, Key="in/a", Body=b"theirs")
    deployed.aws.let_permissions_count()
    return Checked(deployed, owner, roles, stranger)


def _roles(deployed: Deployed) -> list[Resource]:
    return deployed.stack.resolved.of_type("AWS::IAM::Role")


def _keys(sts: Any, role: Resource, deployed: Deployed) -> dict[str, str]:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{deployed.stack.resolved.stack}-{role.name}"
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def _session(keys: Mapping[str, str]) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys.get("AWS_SESSION_TOKEN"),
        region_name=REGION,
    )
