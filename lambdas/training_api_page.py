"""Not a state: serves the page of the training API, to everyone.

Called by the HTTP API. It has no rights: the page shows nothing that its requests to the API, each
authorized as the deployment says, do not bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.api_entrypoint import api_handler
from parris.training_api.http_request import HttpResponse
from parris.training_api.problem import not_found
from parris.training_page.files import PAGE, find_page_file, page_headers
from parris.training_page.settings import PageSettings

if TYPE_CHECKING:
    from parris.entrypoint import Deps
    from parris.training_api.http_request import HttpRequest

_SETTINGS = "settings.json"


def show_page(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return the page."""
    return _file(PAGE, request, deps)


def show_file(request: HttpRequest, deps: Deps) -> HttpResponse:
    """Return a file that the page loads, or its settings."""
    name = request.path.get("file", "")
    if name == _SETTINGS:
        return HttpResponse(200, _settings_of(deps).to_payload())
    return _file(name, request, deps)


def _file(name: str, request: HttpRequest, deps: Deps) -> HttpResponse:
    found = find_page_file(name)
    if found is None:
        raise not_found("the page has no such file")
    connects_to = (*_settings_of(deps).login_origins, deps.aws.bucket.form_origin)
    headers = {**page_headers(connects_to), "content-type": found.media_type, "etag": found.tag}
    if request.headers.get("if-none-match") == found.tag:
        return HttpResponse(304, "", headers)
    return HttpResponse(200, found.content, headers)


def _settings_of(deps: Deps) -> PageSettings:
    return PageSettings.from_environment(deps.settings.deployment, deps.settings.environment)


ROUTES = {"GET /": show_page, "GET /page/{file}": show_file}
handler = api_handler(ROUTES)
