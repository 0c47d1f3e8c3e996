"""Where a webhook may go: to public addresses over HTTPS, and to those private ones that the settings name for it.

A name is resolved once, all of its addresses are looked at, and the connection is made to one of those: a name that points
elsewhere a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Resolve = Callable[..., Iterable[tuple[Any, ...]]]  # as socket.getaddrinfo

_NAT64 = ip_network("64:ff9b::/96")
_OF_CLOUDS = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"))  # their metadata, at addresses that look public
_URL = re.compile(r"https?://[!-~]{1,2000}", re.ASCII)


class NotAllowed(Exception):  # noqa: N818 - an answer, which the caller words; it never repeats the address
    """The URL is none that may be called; `why` says so without repeating it, `may_pass` that it may be so for now only."""

    def __init__(self, why: str, *, may_pass: bool = False) -> None:
        super().__init__(why)
        self.why, self.may_pass = why, may_pass


@dataclass(frozen=True, slots=True)
class Guard:
    """The private networks that an endpoint may lie in, none by default."""

    networks: tuple[Network, ...] = ()
    resolve: Resolve = socket.getaddrinfo

    def addresses(self, url: str) -> tuple[str, ...]:
        """The IP addresses of a URL's host, in the order to try them; NotAllowed where one of them must not be called."""
        scheme, host, port = _parts(url)
        found = self._resolved(host, port)
        if not all(self._may_be_called(address) for address in found):
            raise NotAllowed("its host has an address that is not public, and that `networks` does not name")
        if scheme == "http" and not all(address.is_loopback for address in found):
            raise NotAllowed("its address does not begin with https://")
        return tuple(str(address) for address in found)

    def _resolved(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        try:
            rows = list(self.resolve(host, port, type=socket.SOCK_STREAM))
        except UnicodeError:
            raise NotAllowed("its host is no name of a host") from None
        except OSError:
            raise NotAllowed("its host cannot be found", may_pass=True) from None
        texts = dict.fromkeys(str(row[4][0]) for row in rows)
        if any("%" in text for text in texts):  # a scope: link-local
            raise NotAllowed("its host has an address that holds on one link only")
        if not texts:
            raise NotAllowed("its host cannot be found", may_pass=True)
        return [ip_address(text) for text in texts]

    def _may_be_called(self, address: IPv4Address | IPv6Address) -> bool:
        if any(address in network for network in self.networks if network.version == address.version):
            return True
        return all(_is_public(each) for each in (address, *_inside(address)))


def _parts(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL; NotAllowed for one that means more than these, a path and a query."""
    if not _URL.fullmatch(url):
        raise NotAllowed("its address does not begin with https://")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAllowed("its address is no URL") from None
    if not host or "%" in host or "\\" in url:
        raise NotAllowed("its address has no host")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise NotAllowed("its address holds a user or a fragment")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not is_special and not any(address in network for network in _OF_CLOUDS)


def _inside(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for, where it is translated or tunnelled on its way."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)
