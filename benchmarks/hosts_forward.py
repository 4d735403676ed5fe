"""Passes what comes to a port of this machine on to the same port of another one: for `hosts.py`.

The suite speaks to another machine by https alone. So each host of the benchmark reaches the target through itself.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from functools import partial


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    sink.close()


async def _forward(host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        there, back = await asyncio.open_connection(host, port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def main(host: str, port: int) -> None:
    """Forward until the process is ended.

    Args:
        host: The other machine.
        port: The port, here and there.
    """
    async with await asyncio.start_server(partial(_forward, host, port), "127.0.0.1", port, backlog=256) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
