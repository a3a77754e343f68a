"""What the bucket tells: ours is known by what it says, and what others configured stays."""

import dataclasses

from dancer_pipeline.infrastructure import Route, differences, set_up
from dancer_pipeline_tests.standin import Aws
from dancer_pipeline_tests.test_infrastructure import infrastructure


def test_f26_what_others_configured_on_the_bucket_stays(aws: Aws):
    wanted = infrastructure(routes=(Route("in/", "direct"),))
    set_up(wanted)
    s3 = aws.client("s3")
    where = {"Bucket": wanted.uploads}
    config = s3.get_bucket_notification_configuration(**where)
    foreign = {**config["QueueConfigurations"][0], "Id": "somebody-else"}
    foreign["Filter"] = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "other/"}]}}
    s3.put_bucket_notification_configuration(
        **where,
        NotificationConfiguration={
            "QueueConfigurations": [foreign],
            "EventBridgeConfiguration": {},
        },
    )
    set_up(dataclasses.replace(wanted, routes=(Route("new/", "direct"),)))
    config = s3.get_bucket_notification_configuration(**where)
    ids = [it["Id"] for it in config["QueueConfigurations"]]
    assert ids == ["somebody-else", "dancer-direct-new/"]
    assert "EventBridgeConfiguration" in config


def test_f26_a_notification_that_cloudformation_named_is_ours(aws: Aws):
    wanted = infrastructure(routes=(Route("in/"),))
    set_up(wanted)
    s3, where = aws.client("s3"), {"Bucket": wanted.uploads}
    ours = s3.get_bucket_notification_configuration(**where)["QueueConfigurations"][0]
    one_by_one = [ours | {"Id": event[-9:-2], "Events": [event]} for event in ours["Events"]]
    s3.put_bucket_notification_configuration(
        **where, NotificationConfiguration={"QueueConfigurations": one_by_one}
    )
    assert differences(wanted) == []
    s3.put_bucket_notification_configuration(
        **where, NotificationConfiguration={"QueueConfigurations": one_by_one[:1]}
    )
    assert differences(wanted)
    set_up(wanted)
    config = s3.get_bucket_notification_configuration(**where)
    assert [it["Id"] for it in config["QueueConfigurations"]] == ["dancer-direct-in/"]
