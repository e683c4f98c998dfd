"""A TURN server over TCP, as small as it can be: one user, relays on the loopback (RFC 8656)."""

import asyncio
import struct
from contextlib import asynccontextmanager

from aioice import stun
from aioice.turn import make_integrity_key

USER, PASSWORD, REALM = "me", "secret", "here"
KEY = make_integrity_key(USER, REALM, PASSWORD)


class Relay(asyncio.DatagramProtocol):
    """One client: what it sends to its channels goes out here, what comes from their peers goes back to it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer, self.peers, self.transport = writer, {}, None
        self.relayed = 0

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        for channel, peer in self.peers.items():
            if peer == addr:
                self.relayed += 1
                self.writer.write(struct.pack("!HH", channel, len(data)) + data + bytes(-len(data) % 4))

    async def answer(self, request: stun.Message) -> None:
        response = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        if "MESSAGE-INTEGRITY" not in request.attributes or not request.check_message_integrity(KEY):
            response.message_class = stun.Class.ERROR
            response.attributes["ERROR-CODE"] = (401, "Unauthorized")
            response.attributes["REALM"], response.attributes["NONCE"] = REALM, b"once"
            self.writer.write(bytes(response))
            return
        if request.message_method == stun.Method.ALLOCATE:
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
            response.attributes["XOR-RELAYED-ADDRESS"] = self.transport.get_extra_info("sockname")
            response.attributes["XOR-MAPPED-ADDRESS"] = self.writer.get_extra_info("peername")
            response.attributes["LIFETIME"] = 600
        elif request.message_method == stun.Method.CHANNEL_BIND:
            peer = request.attributes["XOR-PEER-ADDRESS"]
            self.peers[request.attributes["CHANNEL-NUMBER"]] = (peer[0], peer[1])
        elif request.message_method == stun.Method.REFRESH:
            response.attributes["LIFETIME"] = request.attributes["LIFETIME"]
        response.add_message_integrity(KEY)
        self.writer.write(bytes(response))


@asynccontextmanager
async def relaying():
    """Gives its address as --turn names it, and who came."""
    relays: list[Relay] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relays.append(relay := Relay(writer))
        try:
            while True:
                head = await reader.readexactly(4)
                kind, length = struct.unpack("!HH", head)
                if kind & 0xC000:  # of a channel
                    data = await reader.readexactly(length + -length % 4)
                    relay.transport.sendto(data[:length], relay.peers[kind])
                else:
                    await relay.answer(stun.parse_message(head + await reader.readexactly(length + 16)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if relay.transport is not None:
                relay.transport.close()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"turn:{USER}:{PASSWORD}@127.0.0.1:{port}?transport=tcp", relays
