"""Addresses that users name are public, or the operator allows them."""

from ipaddress import ip_address

import pytest

from onemanage.platform.process.outbound import (
    allowed_networks,
    is_allowed,
    parse_networks,
)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_need_no_leave(address: str) -> None:
    assert is_allowed(ip_address(address), ())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.5", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "198.18.0.1", "192.0.2.1", "192.0.0.192"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::", "2001:db8::1"),
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_allowed(ip_address(address), ())


def test_the_operator_allows_networks_and_nothing_beside_them() -> None:
    allowed = parse_networks("10.1.0.0/16, 192.168.7.5  fd00::/8")
    for address in ("10.1.2.3", "192.168.7.5", "::ffff:10.1.2.3", "fd00::5"):
        assert is_allowed(ip_address(address), allowed)
    for address in ("10.2.0.1", "192.168.7.6", "127.0.0.1", "169.254.169.254"):
        assert not is_allowed(ip_address(address), allowed)


def test_networks_of_our_own_servers_are_refused_whatever_is_allowed() -> None:
    allowed = allowed_networks("172.16.0.0/12, ::/0, 10.1.0.0/24", "172.29.252.0/24")

    for address in ("172.29.252.2", "::ffff:172.29.252.2", "64:ff9b::172.29.252.2"):
        assert not is_allowed(ip_address(address), allowed), address
    for address in ("172.29.251.2", "172.29.253.2", "10.1.0.1", "fd00::5"):
        assert is_allowed(ip_address(address), allowed), address
    assert allowed_networks("172.29.252.7", "172.29.252.0/24") == ()
