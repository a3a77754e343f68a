"""The network that deploy/aws/network.yaml makes is one that the main template can be put into."""

from ipaddress import IPv4Network, ip_network
from typing import Any

from cfnlint.api import lint_file

from dancer_pipeline_tests.deployed.template import Resolved, resolved
from dancer_pipeline_tests.deployed.written import NETWORK, TEMPLATE, load

NET = resolved(path=NETWORK)


def routes_of(subnet: str, stack: Resolved = NET) -> tuple[str, list[dict[str, Any]]]:
    """Return the route table of a subnet and what it says."""
    [table] = [
        it.properties["RouteTableId"]
        for it in stack.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if it.properties["SubnetId"] == subnet
    ]
    routes = [it.properties for it in stack.of_type("AWS::EC2::Route")]
    return table, [it for it in routes if it["RouteTableId"] == table]


def subnets() -> dict[str, dict[str, Any]]:
    """Return all subnets, by the id that `Ref` gives."""
    found = NET.of_type("AWS::EC2::Subnet")
    return {f"subnet-dancer-{it.name.lower()}": it.properties for it in found}


def private() -> list[str]:
    return NET.outputs["SubnetIds"].split(",")


def test_cfn_lint_finds_nothing():
    assert [str(it) for it in lint_file(NETWORK)] == []


def test_its_outputs_are_parameters_of_the_main_template():
    assert NET.outputs.keys() <= load(TEMPLATE)["Parameters"].keys()

    main = resolved(NET.outputs)

    for service in main.of_type("AWS::ECS::Service"):
        network = service.properties["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["Subnets"] == private()
    assert main["DatabaseSubnets"]["SubnetIds"] == main["Balancer"]["Subnets"] == private()
    assert main["Namespace"]["Vpc"] == NET.outputs["VpcId"]


def test_it_has_two_private_subnets_in_different_zones():
    assert len({subnets()[it]["AvailabilityZone"] for it in private()}) == len(private()) == 2
    for it in private():
        assert not subnets()[it]["MapPublicIpOnLaunch"]
        assert not [route for route in routes_of(it)[1] if "GatewayId" in route]


def test_subnets_lie_in_the_network_and_apart_from_each_other():
    blocks = [IPv4Network(it["CidrBlock"]) for it in subnets().values()]
    whole = ip_network(NET["Vpc"]["CidrBlock"])
    assert all(block.subnet_of(whole) for block in blocks)
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)
    assert whole.subnet_of(ip_network(load(TEMPLATE)["Parameters"]["ClientCidr"]["Default"]))


def test_the_private_zone_of_the_code_servers_name_is_read_in_it():
    assert NET["Vpc"]["EnableDnsSupport"]
    assert NET["Vpc"]["EnableDnsHostnames"]


def test_the_way_out_is_a_nat_gateway_that_stands_where_the_internet_is_reached():
    public = NET["Nat"]["SubnetId"]
    for it in private():
        [out] = routes_of(it)[1]
        assert (out["DestinationCidrBlock"], out["NatGatewayId"]) == ("0.0.0.0/0", "dancer-nat")
    [out] = routes_of(public)[1]
    assert (out["DestinationCidrBlock"], out["GatewayId"]) == ("0.0.0.0/0", "dancer-gateway")
    assert public not in private()
    attached = NET["GatewayToVpc"]
    assert attached["InternetGatewayId"] == "dancer-gateway"
    assert attached["VpcId"] == NET.outputs["VpcId"]


def test_what_goes_to_s3_does_not_go_through_the_nat_gateway():
    endpoint = NET["S3Endpoint"]
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["ServiceName"] == "com.amazonaws.eu-central-1.s3"
    assert set(endpoint["RouteTableIds"]) == {routes_of(it)[0] for it in private()}
