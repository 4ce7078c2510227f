"""What the gateways of every target have: the clients and gateways that it shares with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parris.aws.bucket import Bucket
    from parris.aws.code_archives import CodeArchives
    from parris.aws.gateways import Gateways
    from parris.aws.user_files import UserFiles
    from parris.settings import Settings


class TargetGateways:
    """The gateways that a target uses; a target adds its own."""

    def __init__(self, shared: Gateways, settings: Settings) -> None:
        self.shared = shared
        self._clients = shared.clients
        self._settings = settings

    @property
    def bucket(self) -> Bucket:
        """Return the gateway to the training bucket."""
        return self.shared.bucket

    @property
    def user_files(self) -> UserFiles:
        """Return the gateway to the files that configs name."""
        return self.shared.user_files

    @property
    def code_archives(self) -> CodeArchives:
        """Return the gateway to the code archives of jobs."""
        return self.shared.code_archives
