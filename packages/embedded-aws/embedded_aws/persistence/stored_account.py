"""Restores the account of a folder, and stores it there."""

import pickle
from pathlib import Path

from embedded_aws.persistence.account_pickle import dump_account, load_account
from embedded_aws.persistence.state_folder import StateFolderError, read_account, write_account


def load_state(folder: Path) -> bool:
    """Restore the account of a folder, and return whether there was one.

    Raises:
        StateFolderError: when it was written by other versions than the installed ones or by
            another user, or is not an account.
    """
    content = read_account(folder)
    if content is None:
        return False
    try:
        load_account(content)
    except Exception as error:  # the file may contain anything
        raise StateFolderError(
            f"the account in {folder} cannot be read ({error}). Use another folder, or delete"
            " this one"
        ) from error
    return True


def save_state(folder: Path) -> None:
    """Write the account into a folder, completely or not at all.

    Raises:
        StateFolderError: when it contains something that cannot be stored.
    """
    try:
        content = dump_account()
    except (pickle.PickleError, TypeError) as error:
        raise StateFolderError(
            f"the account cannot be stored: {error}. The previous content of {folder} is unchanged"
        ) from error
    write_account(folder, content)
