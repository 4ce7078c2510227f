"""The server through which a machine's stand-in commands call its supervisor.

A request is one line of JSON, and so is the response. A web page cannot send such a request: the
first line of an HTTP request is no JSON, and nothing after it is read. It is not HTTP because that
would take a third of the time in which a machine starts, and of each stand-in's.
"""

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

from embedded_aws.local_instance.commands import Commands


def serve_commands(commands: Commands, control_path: Path) -> None:
    """Serve on 127.0.0.1, for as long as this process lives.

    Args:
        commands: handles the requests.
        control_path: receives the port and the token that every request must contain.
    """
    token = os.urandom(16).hex()

    class Handler(StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            """Respond to one stand-in; close the connection of anybody else."""
            try:
                asked = json.loads(self.rfile.readline())
            except ValueError:
                return
            if not isinstance(asked, dict) or asked.get("token") != token:
                return
            answer = commands.run(asked["command"], asked["arguments"])
            self.wfile.write(json.dumps(asdict(answer)).encode())

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    control_path.touch(mode=0o600)
    control = {"port": server.server_address[1], "token": token}
    control_path.write_text(json.dumps(control), encoding="utf-8")
    threading.Thread(target=server.serve_forever, daemon=True).start()
