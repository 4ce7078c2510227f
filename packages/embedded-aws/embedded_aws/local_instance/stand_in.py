"""One stand-in command: `python stand_in.py CONTROL_FILE COMMAND ARGUMENTS...`.

Calls the machine's supervisor, and prints its response or executes the command that it names. Uses
only the lightest modules of the standard library, because user data may call it often.
"""

import json
import os
import socket
import sys


def main(control_path: str, command: str, arguments: list[str]) -> int:
    """Call the supervisor, and return the exit status."""
    with open(control_path, encoding="utf-8") as file:
        control = json.load(file)
    asked = {"token": control["token"], "command": command, "arguments": arguments}
    with socket.create_connection(("127.0.0.1", control["port"])) as connection:
        connection.sendall(json.dumps(asked).encode() + b"\n")
        with connection.makefile("rb") as response:
            answer = json.load(response)
    sys.stdout.write(answer["output"])
    sys.stderr.write(answer["error"])
    sys.stdout.flush()
    if answer["become"]:
        os.execvp(answer["become"][0], answer["become"])
    return int(answer["status"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
