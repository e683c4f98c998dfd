"""Which addresses WebRTC may use: ours are those that are listened on, and nobody makes us send anywhere else.

An offer names addresses to which the other side would have us send STUN packets: any, if one wants to harm somebody.
So they are left out, all of them. The page finds us, and we answer whoever proves by the password of our answer that it
read it: what ICE calls peer-reflexive candidates, and all that servers with an address of their own need. Only a TURN
server must be told whom to let through; then public addresses are taken from offers, and few.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Any

from mien.core.errors import BadInput, WrongUse
from mien.server.guard import is_loopback
from mien.server.wire import Ice

LONGEST, SECTIONS, CANDIDATES = 20_000, 3, 10
"""Characters of an offer (a browser's has 6000), its sections at most (sound, pictures, messages), and addresses that
are taken from it."""

SERVER = re.compile(
    r"(?P<kind>stun|turns?):(?:(?P<user>[^:@\s]+):(?P<word>[^@\s]+)@)?"
    r"(?P<host>\[[0-9a-fA-F:]+\]|[^\s:?@/\[\]]+)(?::(?P<port>\d{1,5}))?(?:\?transport=(?P<over>udp|tcp))?"
)


def ice_from_url(url: str) -> Ice:
    """A server as --turn names it: turn:USER:PASSWORD@HOST:PORT?transport=tcp, or stun:HOST. Errors: WrongUse."""
    found = SERVER.fullmatch(url)
    if found is None or int(found["port"] or 1) not in range(1, 65536):
        raise WrongUse(f"--turn wants turn:USER:PASSWORD@HOST:PORT?transport=tcp or stun:HOST:PORT, got {url!r}")
    if found["kind"] == "stun" and (found["user"] or found["over"]):
        raise WrongUse(f"a STUN server has neither a user nor a transport: --turn stun:HOST:PORT, got {url!r}")
    if found["kind"] != "stun" and not found["user"]:
        raise WrongUse(f"a TURN server wants to know who asks: --turn turn:USER:PASSWORD@HOST, got {url!r}")
    place = found["host"] + (f":{found['port']}" if found["port"] else "")
    over = f"?transport={found['over']}" if found["over"] else ""
    return Ice(f"{found['kind']}:{place}{over}", found["user"] or "", found["word"] or "")


def own_addresses(host: str) -> list[str] | None:
    """Where WebRTC listens, as the pages do: this address alone; None is every address of the machine."""
    name = host.strip("[]")
    if name in ("0.0.0.0", "::", ""):
        return None
    if name == "localhost":
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(name))]
    except ValueError:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))


def listens_on(connection: Any, addresses: list[str] | None) -> None:
    """Tie an ICE agent of aioice to addresses; by itself it takes every one but the loopback's."""
    gather = connection.get_component_candidates
    if addresses is not None:
        connection.get_component_candidates = lambda component, addresses_=None, **more: gather(
            component=component, addresses=addresses
        )


def checked(offer: str, *, relayed: bool, host: str) -> str:
    """An offer that may be read: of a sane size and shape, and only with addresses that may be sent to.

    relayed : we have a TURN server, which must be told of those who come; host : what is listened on
    Errors: BadInput.
    """
    if len(offer) > LONGEST:
        raise BadInput(f"an offer must have at most {LONGEST} characters, got {len(offer)}")
    lines = offer.replace("\r\n", "\n").split("\n")
    if lines[0] != "v=0" or "\0" in offer or any(len(line) > 2000 for line in lines):
        raise BadInput("an offer must be a session description (SDP)")
    kinds = [line[2:].split(" ")[0] for line in lines if line.startswith("m=")]
    if not kinds or len(kinds) > SECTIONS or len(set(kinds)) < len(kinds) or set(kinds) - {*MEDIA}:
        raise BadInput(f"an offer must have one section each of {', '.join(MEDIA)} at most, got {', '.join(kinds)}")
    for wanted in ("a=fingerprint:", "a=ice-ufrag:", "a=ice-pwd:"):
        if not any(line.startswith(wanted) for line in lines):
            raise BadInput(f"an offer must have a line {wanted}…")
    names = [line[6:] for line in lines if line.startswith("a=mid:")]
    bundles = [line.split(" ")[1:] for line in lines if line.startswith("a=group:BUNDLE")]
    if len(set(names)) < len(kinds) or bundles != [names]:
        raise BadInput("an offer must name its sections (a=mid:…) and bundle them, all and in order (a=group:BUNDLE …)")
    bare = [line for line in lines if not line.startswith(("a=candidate:", "a=end-of-candidates"))]
    if not relayed:
        return "\r\n".join(bare)
    first, *others = (i for i, line in enumerate(lines) if line.startswith("m="))
    named = [line for line in lines[first : others[0] if others else None] if line.startswith("a=candidate:")]
    # those of the first section are everybody's, the rest being bundled with it; aiortc reads the last one's
    return "\r\n".join(["\r\n".join(bare).rstrip(), *list(_let_in(named, host))[:CANDIDATES], ""])


MEDIA = ("audio", "video", "application")


def _let_in(candidates: Iterable[str], host: str) -> Iterable[str]:
    """Those whose address is public; on the loopback, the loopback's."""
    for line in candidates:
        parts = line.split()
        try:
            address = ipaddress.ip_address(parts[4])
            plain = parts[2].lower() == "udp" and parts[6] == "typ" and 1024 <= int(parts[5]) < 65536
        except (IndexError, ValueError):
            continue  # names, which would have to be looked up, among them
        if plain and (address.is_loopback if is_loopback(host) else address.is_global and not address.is_multicast):
            yield line
