"""What WebRTC's sender reports say of time: when a packet was due, not when a busy machine came to send it.

By these reports (RFC 3550, 6.4.1) a browser lays pictures over their sound. aiortc pairs a packet's own time with the
moment it was sent: every delay of a coder or an event loop then looks like sound and picture being apart, and the
browser pulls them apart to mend it. Here one clock, the sound's, stands behind both.
"""

from __future__ import annotations

from typing import Any

from aiortc.rtp import RtcpSrPacket

from mien.server.tracks import Timed

EPOCH = 2_208_988_800
"""Seconds from 1900, where NTP begins, to 1970."""


def on_the_metronome(sender: Any, track: Timed) -> None:
    """Have the reports of a track's sender say this. sender : aiortc's RTCRtpSender"""
    send, origin = sender._send_rtcp, None  # what aiortc adds to a track's times, at random

    async def told(packets: list[Any]) -> None:
        nonlocal origin
        for packet in packets:
            if isinstance(packet, RtcpSrPacket):
                info, given = packet.sender_info, track.given
                if origin is None and track.idle and given is not None and info.packet_count:
                    origin = info.rtp_timestamp - round(given * track.clock)
                if origin is None or given is None:  # something is on its way: there is another report in a second
                    return
                info.ntp_timestamp = ntp_from_seconds(
                    track.metronome.since + seconds_near(given, info.rtp_timestamp - origin, track.clock)
                )
        await send(packets)

    sender._send_rtcp = told


def seconds_near(near: float, ticks: int, rate: int) -> float:
    """Seconds of a time in RTP, whose 32 bits come round again after half a day. near : about when; rate : Hz

    >>> seconds_near(100_000.0, 100_000 * 90_000 % 2**32 - 3600, 90_000)
    99999.96
    """
    away = (ticks - round(near * rate) + 2**31) % 2**32 - 2**31
    return (round(near * rate) + away) / rate


def ntp_from_seconds(seconds: float) -> int:
    """The 64 bits of NTP. seconds : since 1970

    >>> ntp_from_seconds(0.5) == (2208988800 << 32) + 2**31
    True
    """
    whole = int(seconds)
    return (whole + EPOCH << 32) + round((seconds - whole) * 2**32)
