"""A line to a server that loses answers: the request arrives and is done, and who asked hears nothing of it."""
import asyncio
import threading
from contextlib import contextmanager
from random import Random


class Wire:
    """Of the answers it loses a share: cut before they begin, in the middle, or left hanging for a while and then cut."""

    def __init__(self, port: int, chance: Random, *, loses: float, hangs_s: float = 1.0):
        self._port, self._chance, self._loses, self._hangs_s = port, chance, loses, hangs_s
        self.lost = 0

    async def serve(self, reader, writer) -> None:
        try:
            to_server = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            return
        ends = [asyncio.create_task(self._there(reader, to_server[1])), asyncio.create_task(self._back(to_server[0], writer))]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for each in ends:
            each.cancel()
        for each in (writer, to_server[1]):
            each.close()

    @staticmethod
    async def _there(reader, server) -> None:
        while piece := await reader.read(65536):
            server.write(piece)
            await server.drain()

    async def _back(self, server, writer) -> None:
        """What comes in one piece is one answer, since nobody asks again before."""
        while piece := await server.read(65536):
            if self._chance.random() < self._loses:
                self.lost += 1
                match self._chance.randrange(3):
                    case 0:
                        return
                    case 1:
                        await asyncio.sleep(self._hangs_s)
                        return
                    case _:
                        writer.write(piece[:self._chance.randrange(1, len(piece))])
                        await writer.drain()
                        return
            writer.write(piece)
            await writer.drain()


@contextmanager
def bad_wire(port: int, chance: Random, *, loses: float):
    """Gives the wire, whose own `port` leads to this one."""
    wire, loop, ready = Wire(port, chance, loses=loses), asyncio.new_event_loop(), threading.Event()

    async def listen():
        server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
        wire.port = server.sockets[0].getsockname()[1]
        ready.set()
    thread = threading.Thread(target=lambda: (loop.run_until_complete(listen()), loop.run_forever()))
    thread.start()
    try:
        assert ready.wait(timeout=10)
        yield wire
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
