"""What can be wrong, by name: how it is planted, the check that is red, its words, its fix."""

from dancer_pipeline_tests.doctor.plants import (
    Plant,
    another_database,
    attribute,
    bucket_of_another_region,
    capacity_unset,
    chosen_model_broken,
    clock_ahead,
    cluster_without_spot,
    code_server_gone,
    container_of_another_name,
    daemon_never_started,
    daemon_silent,
    database_gone,
    dead_letter_after_one_receive,
    dead_letter_waiting,
    dead_letters_deleted,
    dead_letters_kept_shorter,
    decoder_missing,
    filtered,
    no_configuration,
    notification_of_small_uploads,
    notification_overwritten,
    older_tables_of_dagster,
    pinned_model,
    policy_of_another_bucket,
    results_in_a_folder,
    results_watched,
    rule_disabled,
    scratch_is_a_file,
    storage_unset,
    subnets_unset,
    subscription_removed,
    told_twice,
    topic_policy_closed,
    unusable_key,
    variable,
    versioning_suspended,
)
from dancer_pipeline_tests.doctor.routes import (
    large_uploads_told_of_elsewhere_alone,
    policy_of_another_account,
    policy_that_refuses,
    subscription_filtered,
)

FAULTS: dict[str, tuple[Plant, str, str, str]] = {
    "a misspelt setting": (
        variable("DANCER_QUEUEE", "q"), "settings", "DANCER_QUEUEE", "docs/settings.md",
    ),
    "DAGSTER_HOME without dagster.yaml": (
        no_configuration, "active", "holds no dagster.yaml", "deploy/aws",
    ),
    "tasks without a capacity": (capacity_unset, "active", "the same size", "=spot"),
    "tasks with a folder for results": (
        results_in_a_folder, "active", "is a folder", "DANCER_RESULTS=s3://",
    ),
    "no such bucket of uploads": (
        variable("DANCER_SOURCE", "s3://nobody-made-this/in"), "source-bucket",
        "there is no bucket nobody-made-this", "Correct DANCER_SOURCE",
    ),
    "no such bucket of results": (
        variable("DANCER_RESULTS", "s3://nobody-made-this"), "results-bucket",
        "there is no bucket nobody-made-this", "Correct DANCER_RESULTS",
    ),
    "a bucket of another region": (
        bucket_of_another_region, "source-bucket", "is in eu-west-1", "AWS_REGION=eu-west-1",
    ),
    "versioning suspended": (
        versioning_suspended, "versioning", "suspended", "put-bucket-versioning",
    ),
    "no such queue": (
        variable("DANCER_QUEUE", "nobody-made-this"), "queue", "there is no queue",
        "Correct DANCER_QUEUE",
    ),
    "a queue with a key that S3 may not use": (
        unusable_key, "queue", "alias/aws/sqs",
        "SqsManagedSseEnabled=true",
    ),
    "a visibility of 30 s": (
        attribute(VisibilityTimeout="30"), "visibility", "30 s", "VisibilityTimeout=120",
    ),
    "a chosen visibility of 5 s": (
        variable("DANCER_VISIBILITY_S", "5"), "visibility", "DANCER_VISIBILITY_S is 5 s", "120",
    ),
    "a queue that takes only small messages": (
        attribute(MaximumMessageSize="32768"), "message-size", "32,768",
        "MaximumMessageSize=262144",
    ),
    "no dead-letter queue": (
        attribute(RedrivePolicy=""), "dead-letters", "none", "template.yaml",
    ),
    "a dead-letter queue that was deleted": (
        dead_letters_deleted, "dead-letters", "not there", "template.yaml",
    ),
    "dead letters kept shorter than messages": (
        dead_letters_kept_shorter, "dead-letters", "4 days", "1209600",
    ),
    "messages kept for a day": (
        attribute(MessageRetentionPeriod="86400"), "dead-letters", "for 1 days only",
        "MessageRetentionPeriod=1209600",
    ),
    "a dead letter after one receive": (
        dead_letter_after_one_receive, "dead-letters", "after 1 receives", "maxReceiveCount 5",
    ),
    "a dead letter": (dead_letter_waiting, "dead-letters", "1 dead letters", "move-task"),
    "a notification that was overwritten": (
        notification_overwritten, "notification", "nothing tells", "template.yaml again",
    ),
    "a notification of another prefix": (
        filtered("prefix", "other/"), "notification", "tells of other/", "the same prefix",
    ),
    "a notification of a part of the prefix": (
        filtered("prefix", "in/videos/"), "notification", "in/videos/", "the same prefix",
    ),
    "a notification of some endings": (
        filtered("suffix", ".mp4"), "notification", "*.mp4", "no suffix",
    ),
    "a notification of small uploads": (
        notification_of_small_uploads, "notification", "CompleteMultipartUpload",
        "s3:ObjectCreated:*",
    ),
    "small uploads told of, large ones elsewhere alone": (
        large_uploads_told_of_elsewhere_alone, "notification", "CompleteMultipartUpload",
        "s3:ObjectCreated:*",
    ),
    "a subscription with a filter": (
        subscription_filtered, "notification", "FilterPolicy", "set-subscription-attributes",
    ),
    "a rule that is disabled": (rule_disabled, "notification", "is disabled", "enable-rule"),
    "a topic without its subscription": (
        subscription_removed, "notification", "nothing tells", "template.yaml again",
    ),
    "uploads told twice": (told_twice, "filter-overlap", "arrives twice", "Remove one"),
    "a queue's policy for another bucket": (
        policy_of_another_bucket, "senders", "does not let the bucket itself send",
        "sqs:SendMessage",
    ),
    "a queue's policy that refuses all but another bucket": (
        policy_that_refuses, "senders", "does not let the bucket itself send", "sqs:SendMessage",
    ),
    "a queue's policy for another account": (
        policy_of_another_account, "senders", "does not let the bucket itself send",
        "sqs:SendMessage",
    ),
    "a topic's policy without S3": (
        topic_policy_closed, "senders", "does not let S3 publish", "sns:Publish",
    ),
    "results that are watched": (
        results_watched, "results-unwatched", "where results are written", "DANCER_RESULTS",
    ),
    "a clock that is an hour ahead": (clock_ahead, "clock", "ahead of", "time server"),
    "no database of the ledger": (
        database_gone("DANCER_LEDGER"), "ledger", "does not exist", "database runs",
    ),
    "a ledger without tables": (
        another_database("DANCER_LEDGER"), "ledger", "not there", "dancer status",
    ),
    "a ledger of a newer version": (
        another_database(
            "DANCER_LEDGER", "create table ledger_version (version_num text)",
            "insert into ledger_version values ('9999')",
        ),
        "ledger", "9999", "newer version",
    ),
    "no database of Dagster": (
        database_gone("DAGSTER_POSTGRES_URL"), "dagster-storage", "does not exist",
        "database runs",
    ),
    "a storage whose variable is not set": (
        storage_unset, "dagster-storage", "DAGSTER_POSTGRES_URL is not set",
        "Set DAGSTER_POSTGRES_URL",
    ),
    "a storage without tables": (
        another_database("DAGSTER_POSTGRES_URL"), "dagster-storage", "without Dagster's tables",
        "dagster instance migrate",
    ),
    "a storage of an older Dagster": (
        older_tables_of_dagster, "dagster-storage", "567bc23fd1ac", "dagster instance migrate",
    ),
    "a daemon that is silent": (daemon_silent, "daemon", "60 min old", "Start it"),
    "a daemon that never ran": (daemon_never_started, "daemon", "never run", "Start it"),
    "no code server": (code_server_gone, "code-server", "does not answer", "log"),
    "no such task definition": (
        variable("DAGSTER_ECS_TASK", "nobody-made-this"), "run-launcher",
        "no task definition", "Correct DAGSTER_ECS_TASK",
    ),
    "a task definition with another container": (
        container_of_another_name, "run-launcher", "has no container dancer", "container_name",
    ),
    "no such cluster": (
        variable("DAGSTER_ECS_CLUSTER", "nobody-made-this"), "run-launcher", "no active cluster",
        "Correct DAGSTER_ECS_CLUSTER",
    ),
    "a cluster without Spot": (
        cluster_without_spot, "run-launcher", "has no FARGATE_SPOT",
        "put-cluster-capacity-providers",
    ),
    "no such subnet": (
        variable("DAGSTER_ECS_SUBNETS", "subnet-0000000000000000f"), "run-launcher",
        "InvalidSubnetID.NotFound", "Correct DAGSTER_ECS_SUBNETS",
    ),
    "a security group that is none": (
        variable("DAGSTER_ECS_SECURITY_GROUPS", "sg-0000000000000000f"), "run-launcher",
        "InvalidGroup.NotFound", "Correct DAGSTER_ECS_SECURITY_GROUPS",
    ),
    "subnets that are not set": (
        subnets_unset, "run-launcher", "DAGSTER_ECS_SUBNETS: not set", "the daemon",
    ),
    "a chosen model that is none": (
        chosen_model_broken, "model", "not an intact .task file", "DANCER_MODEL",
    ),
    "no pose model": (pinned_model(None), "model", "there is no pose model", "dancer model"),
    "a pose model that was changed": (
        pinned_model(b"changed"), "model", "not the pinned model", "dancer model",
    ),
    "decoders that are missing": (
        decoder_missing, "decoders", "cannot decode hevc, av1", "PyAV's own wheel",
    ),
    "too little scratch space": (
        variable("DANCER_MAX_SIZE_MIB", "1e12"), "scratch", "needs", "DANCER_SCRATCH",
    ),
    "a scratch folder that is a file": (
        scratch_is_a_file, "scratch", "is not a folder", "DANCER_SCRATCH",
    ),
}  # fmt: skip
