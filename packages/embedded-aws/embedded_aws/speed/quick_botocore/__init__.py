"""botocore calculates once what each of its sessions, clients and calls calculates again.

`event_names` and `handlers` are for events, of which a call emits some twenty; `made_once` is for
the parts of clients, `service_names` and `proxies` for their settings, `timestamps` for what they
receive. It imports nothing but botocore and what that needs, because functions are forked with it,
too.
"""

from embedded_aws.speed.quick_botocore import (
    event_names,
    handlers,
    made_once,
    proxies,
    service_names,
    timestamps,
)


def install() -> None:
    """Patch botocore in this process."""
    for part in (event_names, handlers, made_once, proxies, service_names, timestamps):
        part.install()
