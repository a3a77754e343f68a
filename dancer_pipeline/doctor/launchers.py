"""Whether a run could start: asked by describing what it needs, without starting one."""

from collections.abc import Iterator, Mapping
from typing import Any

from dancer_pipeline.aws import client
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, unseen, wrong
from dancer_pipeline.doctor.refusals import code_of

SPOT = "FARGATE_SPOT"
UNTRIED = "whether the role may start it (ecs:RunTask, iam:PassRole) only a run shows"
OPTIONS = ("task_definition", "subnets", "security_groups")


def run_launcher(at: Deployment) -> Iterator[Finding]:
    """Whether a run could start."""
    if not at.has_tasks:
        yield _process(at)
        return
    wanted = [at.launcher_options.get(it) for it in OPTIONS] + [_cluster_option(at)]
    missing = sorted(at.unset(*wanted))
    if len(missing) == sum(isinstance(it, Mapping) for it in wanted):
        yield unseen(
            f"not looked at: {', '.join(missing)} are not set here",
            "Run the doctor where runs are started: in the daemon's container.",
        )
    elif missing:
        yield wrong(
            f"{', '.join(missing)}: not set, which {at.home / 'dagster.yaml'} wants",
            "Set it for the daemon and the web server, as deploy/aws/template.yaml does.",
        )
    else:
        yield from _task(at)
        yield from _cluster(at)
        yield from _network(at)


def _process(at: Deployment) -> Finding:
    from importlib.util import find_spec

    module = str(at.options.get("run_launcher", {}).get("module", "dagster"))
    if find_spec(module) is None:
        return wrong(
            f"dagster.yaml names {module}, which is not installed",
            "Take the run_launcher of the project's own dagster.yaml.",
        )
    return good(f"runs are processes of this machine ({at.launcher})")


def _task(at: Deployment) -> Iterator[Finding]:
    name = at.value(at.launcher_options["task_definition"]) or ""
    try:
        found = client("ecs").describe_task_definition(taskDefinition=name)["taskDefinition"]
    except client("ecs").exceptions.ClientException as error:
        if code_of(error) != "ClientException":
            raise
        yield wrong(
            f"there is no task definition {name}",
            "Correct DAGSTER_ECS_TASK, or apply the template.",
        )
        return
    container = str(at.launcher_options.get("container_name", "run"))
    has_container = container in {it["name"] for it in found["containerDefinitions"]}
    if found.get("status", "ACTIVE") != "ACTIVE":
        yield wrong(
            f"task definition {name} is {found['status'].lower()}: no task starts with it",
            "Set DAGSTER_ECS_TASK to one that is active, or apply the template again.",
        )
    elif not has_container:
        yield wrong(
            f"task definition {name} has no container {container}",
            "Name its container as container_name in dagster.yaml says, or the other way round.",
        )
    else:
        yield good(f"task definition {name}: active, container {container}; {UNTRIED}")


def _cluster(at: Deployment) -> Iterator[Finding]:
    name = at.value(_cluster_option(at)) or "default"
    found = client("ecs").describe_clusters(clusters=[name])["clusters"]
    if not found or found[0].get("status", "ACTIVE") != "ACTIVE":
        yield wrong(
            f"there is no active cluster {name}",
            "Correct DAGSTER_ECS_CLUSTER, or apply the template.",
        )
    elif at.settings.ecs_capacity == "spot" and SPOT not in found[0].get("capacityProviders", []):
        yield wrong(
            f"cluster {name} has no {SPOT}, which DANCER_ECS_CAPACITY=spot wants: first attempts"
            " never start",
            f"aws ecs put-cluster-capacity-providers --cluster {name} --capacity-providers FARGATE"
            f" {SPOT} --default-capacity-provider-strategy '[]', or DANCER_ECS_CAPACITY=on-demand.",
        )
    else:
        yield good(f"cluster {name}: active")


def _network(at: Deployment) -> Iterator[Finding]:
    ec2 = client("ec2")
    kinds = (
        ("subnets", "SubnetIds", ec2.describe_subnets, "DAGSTER_ECS_SUBNETS"),
        (
            "security_groups",
            "GroupIds",
            ec2.describe_security_groups,
            "DAGSTER_ECS_SECURITY_GROUPS",
        ),
    )
    for option, argument, describe, variable in kinds:
        ids = (at.value(at.launcher_options.get(option)) or "").split(",")
        words = f"{option.replace('_', ' ')} {', '.join(ids)}"
        try:
            describe(**{argument: ids})
        except ec2.exceptions.ClientError as error:
            if not code_of(error).endswith((".NotFound", ".Malformed", "Id.Malformed")):
                raise
            yield wrong(
                f"{words}: {code_of(error)}", f"Correct {variable}: ids, separated by commas."
            )
        else:
            yield good(f"{words}: there")


def _cluster_option(at: Deployment) -> Any:
    return (at.launcher_options.get("run_task_kwargs") or {}).get("cluster")
