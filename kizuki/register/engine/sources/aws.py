"""AWS Config: a snapshot or history file, `select-resource-config`, `batch-get-resource-config`.

The form: AWS Config Developer Guide, “Example configuration snapshot” and “Querying the current configuration state of
resources”; the configurations are those of each service's own Describe calls, e.g. EC2 `Instance`, RDS `DBInstance`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kizuki.register.engine.sources.entries import Entry, at, entries, loaded, objects, text, texts, truth
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.sightings import seen
from kizuki.register.engine.sources.values import put

#: Which types are assets, and of what kind. Networks become zones; all other types are parts of these, or rights.
_KINDS: Final = {
    "AWS::EC2::Instance": "server", "AWS::RDS::DBInstance": "database-server", "AWS::RDS::DBCluster": "database-server",
    "AWS::Redshift::Cluster": "database-server", "AWS::DynamoDB::Table": "data-store", "AWS::S3::Bucket": "data-store",
    "AWS::EFS::FileSystem": "data-store", "AWS::FSx::FileSystem": "file-server", "AWS::Lambda::Function": "cloud-service",
    "AWS::ECS::Service": "cloud-service", "AWS::EKS::Cluster": "cloud-service", "AWS::Backup::BackupVault": "backup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "cloud-service", "AWS::ElasticLoadBalancing::LoadBalancer": "cloud-service",
    "AWS::CloudFront::Distribution": "cloud-service", "AWS::ApiGateway::RestApi": "cloud-service",
    "AWS::ElasticBeanstalk::Environment": "cloud-service", "AWS::OpenSearch::Domain": "database-server",
    "AWS::WorkSpaces::Workspace": "pc", "AWS::Lightsail::Instance": "server", "AWS::SQS::Queue": "cloud-service",
}  # fmt: skip
_NETWORKS: Final = ("AWS::EC2::VPC",)
_GONE: Final = ("ResourceDeleted", "ResourceDeletedNotRecorded")


def read(source: Source) -> Iterator[Item]:
    """A proposal for each resource that is an asset and a zone for each VPC; a sighting when the item was captured."""
    for entry in entries(source):
        if isinstance(entry, RowFault):
            yield entry
            continue
        kind = text(entry.value, "resourceType")
        if not kind:
            yield fault(entry.place, "resourceType", NOT_AN_ENTRY)
        elif kind in _NETWORKS:
            yield from _network(entry, _configuration(entry.value))
        elif kind in _KINDS:
            yield from _resource(source, entry, kind, _configuration(entry.value))
        else:
            source.passed_over[kind] += 1


def _configuration(value: Mapping[str, object]) -> object:
    """An object, or a text that holds one, as `batch-get-resource-config` gives it."""
    found = value.get("configuration")
    return loaded(found) if isinstance(found, str) else found


def _tags(value: Mapping[str, object], configuration: object) -> dict[str, str]:
    """Tags as an object (snapshots) or as a list of keys and values (queries, configurations)."""
    made: dict[str, str] = {}
    for tags in (at(configuration, "tags"), at(configuration, "tagList"), value.get("tags")):
        if isinstance(tags, Mapping):
            made |= {key: one for key, one in tags.items() if isinstance(one, str)}
        elif isinstance(tags, list):
            made |= {text(tag, "key", "tagName"): text(tag, "value", "tagValue") for tag in tags}
    return {key.lower(): one for key, one in made.items() if key and one}


def _network(entry: Entry, configuration: object) -> Iterator[Item]:
    id = text(entry.value, "resourceId") or text(configuration, "vpcId")
    fields: Fields = {"kind": "cloud"}
    yield from put(fields, "id", id, "resourceId", entry.place)
    name = _tags(entry.value, configuration).get("name") or text(entry.value, "resourceName") or id
    yield from put(fields, "name", name, "resourceName", entry.place)
    for path in ("cidrBlockAssociationSet", "ipv6CidrBlockAssociationSet"):
        for block in objects(configuration, path):
            yield from put(fields, "ranges", text(block, "cidrBlock", "ipv6CidrBlock"), path, entry.place)
    yield from put(fields, "ranges", text(configuration, "cidrBlock"), "cidrBlock", entry.place)
    if "name" not in fields:
        yield fault(entry.place, "resourceId", NOT_AN_ENTRY)
        return
    yield Proposal("zone", fields, entry.place)


def _resource(source: Source, entry: Entry, type: str, configuration: object) -> Iterator[Item]:
    value, fields = entry.value, Fields()
    tags = _tags(value, configuration)
    arn, id = text(value, "arn", "ARN"), text(value, "resourceId")
    name = tags.get("name") or text(value, "resourceName") or id or arn
    if not name:
        yield fault(entry.place, "resourceId", NOT_AN_ENTRY)
        return
    yield from put(fields, "name", name, "resourceName", entry.place)
    for field, found in (
        ("cloud_ids", arn), ("cloud_ids", id), ("zone", text(configuration, "vpcId", "vpcConfig.vpcId", "dBSubnetGroup.vpcId")),
        ("owner", tags.get("owner", "")), ("unit", tags.get("department", "")),
        ("hosts", text(configuration, "privateDnsName")), ("hosts", text(configuration, "endpoint.address", "dNSName", "domainName")),
        ("model", text(configuration, "instanceType", "dBInstanceClass", "instanceClass", "runtime")),
    ):  # fmt: skip
        if found:
            yield from put(fields, field, found, "configuration", entry.place)
    yield from _addresses(fields, entry, configuration)
    system = text(configuration, "platformDetails", "platform") or " ".join(
        filter(None, (text(configuration, "engine"), text(configuration, "engineVersion")))
    )
    if system:
        fields["os"] = system[:400]
    fields["kind"] = _KINDS[type]
    public = truth(configuration, "publiclyAccessible")
    if (
        public is not None
        or text(configuration, "publicIpAddress")
        or text(configuration, "scheme") == "internet-facing"
    ):
        fields["internet_facing"] = public is not False
    gone = text(value, "configurationItemStatus") in _GONE or text(configuration, "state.name") == "terminated"
    fields["lifecycle"] = "retired" if gone else "in use"
    yield Proposal("asset", fields, entry.place)
    if not gone:
        said = [("type", type), ("region", text(value, "awsRegion")), ("account", text(value, "accountId"))]
        column = "configurationItemCaptureTime"
        yield from seen(source, fields, text(value, column), column=column, place=entry.place, more=said)


def _addresses(fields: Fields, entry: Entry, configuration: object) -> Iterator[RowFault]:
    found: list[tuple[str, str]] = [
        ("ips", text(configuration, key)) for key in ("privateIpAddress", "publicIpAddress")
    ]
    for card in objects(configuration, "networkInterfaces"):
        found.append(("macs", text(card, "macAddress")))
        for address in objects(card, "privateIpAddresses"):
            found += [("ips", text(address, "privateIpAddress")), ("ips", text(address, "association.publicIp"))]
        found += [("ips", text(address, "ipv6Address")) for address in objects(card, "ipv6Addresses")]
        found += [("ips", address) for address in texts(card, "ipv6Addresses")]
    for field, one in found:
        if one:
            yield from put(fields, field, one, "networkInterfaces", entry.place)
