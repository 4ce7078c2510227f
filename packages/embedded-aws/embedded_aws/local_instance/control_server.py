"""The server through which a machine's stand-in commands call its supervisor."""

import json
import secrets
import threading
from dataclasses import asdict
from http.server import ThreadingHTTPServer
from pathlib import Path

from embedded_aws.local_instance.commands import Commands
from embedded_aws.web_requests import GuardedHandler


def serve_commands(commands: Commands, control_path: Path) -> None:
    """Serve on 127.0.0.1, for as long as this process lives.

    Args:
        commands: handles the requests.
        control_path: receives the port and the token that every request must contain.
    """
    token = secrets.token_hex(16)

    class Handler(GuardedHandler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            """Respond to one stand-in."""
            if self.headers.get("X-Token") != token:
                self.send_error(403)
                return
            length = int(self.headers.get("Content-Length", "0"))
            asked = json.loads(self.rfile.read(length))
            answer = commands.run(asked["command"], asked["arguments"])
            body = json.dumps(asdict(answer)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing: the console belongs to the machine."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    control_path.touch(mode=0o600)
    control = {"port": server.server_address[1], "token": token}
    control_path.write_text(json.dumps(control), encoding="utf-8")
    threading.Thread(target=server.serve_forever, daemon=True).start()
