"""The commands of deploy/README.md: each is one that exists, about what the templates have."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from typer.main import get_command

from dancer_pipeline.cli import app
from dancer_pipeline_tests.deployed.template import resolved
from dancer_pipeline_tests.deployed.written import NETWORK, TEMPLATE, load

README = (TEMPLATE.parents[1] / "README.md").read_text()
BLOCKS = [
    re.sub(r"^ {3}", "", block, flags=re.MULTILINE)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
]
SHELL = "\n".join(BLOCKS)
OF_EVERY_COMMAND = {"query", "output", "region"}
OF_THE_CLI = {
    ("s3", "cp"): {"metadata"},
    ("s3", "ls"): {"recursive"},
    ("ecr", "get-login-password"): set(),
    ("configure", "get"): set(),
    ("cloudformation", "deploy"): {
        "stack-name", "template-file", "capabilities", "parameter-overrides",
    },
}  # fmt: skip
"""Commands that are the command line's own and no request of an API, with the options known of."""


def commands(text: str) -> list[list[str]]:
    """Return the words of each call of the AWS command line, also of those within others."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"\baws ((?:'[^']*'|\"[^\"]*\"|\$\([^()]*\)|[^'\"\n;|)])*)", joined)
    return [shlex.split(it, comments=True) for it in found]


COMMANDS = [it for it in commands(SHELL) if it[1:]]


def options(words: Sequence[str]) -> set[str]:
    return {it.removeprefix("--") for it in words if it.startswith("--")}


def known(service: str, action: str) -> Iterator[str]:
    """Give the options that a request of an API, or a wait for it, has."""
    session = botocore.session.get_session()
    model = session.get_service_model(service)
    [operation] = [it for it in model.operation_names if xform_name(it, "-") == action]
    shape = model.operation_model(operation).input_shape
    assert shape
    for name, member in shape.members.items():
        yield xform_name(name, "-")
        if member.type_name == "boolean":
            yield f"no-{xform_name(name, '-')}"


def waits_for(service: str, waiter: str) -> str:
    waiters = botocore.session.get_session().get_waiter_model(service)
    [name] = [it for it in waiters.waiter_names if xform_name(it, "-") == waiter]
    return xform_name(waiters.get_waiter(name).operation, "-")


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_what_a_shell_understands(block: str):
    subprocess.run(["bash", "-n"], input=block, text=True, check=True)


def test_all_commands_are_found():
    assert len(COMMANDS) == len(re.findall(r"\baws [a-z]", SHELL))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda it: " ".join(it[:2]))
def test_every_command_of_aws_exists_with_its_options(words: list[str]):
    service, action, *rest = words
    if action == "wait":
        action = waits_for(service, rest[0])
    its_own = OF_THE_CLI.get((service, action))
    assert options(rest) - OF_EVERY_COMMAND <= (
        set(known(service, action)) if its_own is None else its_own
    )


def test_every_output_that_a_command_asks_for_is_one_of_the_stack():
    asked = re.findall(r"\$\(out (\w+)(| \$STACK-network)\)", SHELL)
    looped = {name for names in re.findall(r"for it in ([\w ]+);", SHELL) for name in names.split()}
    outputs = set(resolved().outputs)
    assert {name for name, of_network in asked if not of_network} | looped <= outputs
    assert {name for name, of_network in asked if of_network} == set(resolved(path=NETWORK).outputs)
    assert len(re.findall(r"\$\(out ", SHELL)) == len(asked) + SHELL.count("$(out $it)")


def test_every_parameter_that_is_set_is_one_of_the_template_and_none_is_forgotten():
    declared = load(TEMPLATE)["Parameters"]
    given = [
        {word.split("=")[0] for word in words if re.match(r"[A-Z][A-Za-z]+=", word)}
        for words in COMMANDS
        if words[:2] == ["cloudformation", "deploy"] and "deploy/aws/template.yaml" in words
    ]
    assert all(names <= declared.keys() for names in given)
    assert {name for name, it in declared.items() if "Default" not in it} <= given[0]


def test_every_variable_is_set_before_it_is_used():
    chosen = {"BASTION"}  # a machine of the reader's own
    known = {"1", "2", "@", "it", *chosen}
    for line in SHELL.splitlines():
        known |= set(re.findall(r"(?:^|[ ;])([A-Z]+)=", line))
        assert set(re.findall(r"\$\{?(\w+)", line)) <= known, line


AWS_AS_ASKED = """
aws() {
  echo "$@" >> "$ASKED"
  case "$1 $2" in
    "cloudformation describe-stacks") echo told-by-the-stack ;;
    "ecs run-task") echo arn:aws:ecs:eu-central-1:123456789012:task/dancer/abc ;;
  esac
}
"""


@pytest.mark.skipif(not shutil.which("jq"), reason="no jq on this machine")
@pytest.mark.parametrize("part", ["Code", "Daemon"])
def test_a_task_is_started_beside_its_service_and_its_own_log_is_shown(part: str, tmp_path: Path):
    functions = "\n".join(it for it in BLOCKS if re.search(r"^(out|task)\(\)", it, re.MULTILINE))
    functions = functions.replace("\ntask Code dancer doctor\ntask Daemon dancer doctor", "")
    asked = tmp_path / "asked"
    script = f"{AWS_AS_ASKED}\n{functions}\ntask {part} dancer status --overview"
    subprocess.run(
        ["bash", "-eu", "-c", script], env={**os.environ, "ASKED": str(asked)}, check=True
    )

    *_, run, wait, log = asked.read_text().splitlines()
    definition = resolved()[f"{part}Task"]
    [container] = definition["ContainerDefinitions"]
    options = container["LogConfiguration"]["Options"]
    words = {"name": container["Name"], "command": ["dancer", "status", "--overview"]}
    assert f"--task-definition {definition['Family']} " in run
    assert json.dumps({"containerOverrides": [words]}, separators=(",", ":")) in run
    assert "{subnets=[told-by-the-stack],securityGroups=[told-by-the-stack]}" in run
    assert wait.endswith("task/dancer/abc")
    assert f"--log-group-name {options['awslogs-group']} " in log
    assert f"--log-stream-name {options['awslogs-stream-prefix']}/{container['Name']}/abc " in log


def test_a_task_is_of_a_family_and_its_words_are_a_command():
    families = {it.properties["Family"] for it in resolved().of_type("AWS::ECS::TaskDefinition")}
    groups = {it.properties["LogGroupName"] for it in resolved().of_type("AWS::Logs::LogGroup")}
    asked = re.findall(r"^ *task ([A-Z]\w+) (\w+) ([\w-]+)", SHELL, re.MULTILINE)
    asked += re.findall(r"`task ([A-Z]\w+) (\w+) ([\w-]+)", README)
    dancers = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert {f"dancer-{part.lower()}" for part, *_ in asked} <= families
    assert {f"/dancer/{part}" for part, *_ in asked} <= groups
    assert {name for _, program, name in asked if program == "dancer"} <= dancers
    assert {name for _, program, name in asked if program != "dancer"} == {"instance"}
    assert not re.findall(r"`task [a-z]", README), "a task names its part first"
