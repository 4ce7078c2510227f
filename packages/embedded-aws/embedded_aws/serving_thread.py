"""A thread that runs a socket server, and sleeps until there is something to do.

`serve_forever` of the standard library wakes up regularly to check for a shutdown. An embedded AWS
has dozens of servers, one for each warm function and machine: rare checks would make each shutdown
slow, and frequent ones would waste processor time.
"""

import selectors
import socket
import socketserver
import threading


class ServingThread:
    """Serves from construction until `stop`.

    Args:
        server: is already listening, and is closed in the end.
    """

    def __init__(self, server: socketserver.TCPServer) -> None:
        """Start serving."""
        self._server = server
        server.timeout = 0  # a client may have gone before its turn
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Accept no further request, and close the server."""
        self._waker.close()
        self._thread.join()
        self._wake.close()
        self._server.server_close()

    def _serve(self) -> None:
        # Not by select(), which is limited to descriptors up to 1,023: a busy process has more.
        with selectors.PollSelector() as selector:
            selector.register(self._server.socket, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while not any(key.fileobj is self._wake for key, _ in selector.select()):
                self._server.handle_request()
