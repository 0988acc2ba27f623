"""What the Python programs share: steps that each print one line of JSON, sign-in, and the mock's services."""

import json
import os
import traceback

import google_auth_httplib2
import httplib2
from google.oauth2 import service_account
from googleapiclient import discovery
from googleapiclient.errors import HttpError

URL = os.environ["MOCK_URL"]
KEY_FILE = os.environ["MOCK_KEY_FILE"]

# Seconds for one request.
LIMIT = 20


def service(name, version, scopes):
    """Builds a service from the Discovery document that the mock serves, as `build()` does with Google's."""
    credentials = service_account.Credentials.from_service_account_file(KEY_FILE, scopes=scopes)
    plain = httplib2.Http(timeout=LIMIT)
    # Debian's httplib2 takes the status of an incomplete upload for a redirect.
    plain.redirect_codes = frozenset(plain.redirect_codes) - {308}
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=plain)
    return discovery.build(
        name,
        version,
        http=http,
        discoveryServiceUrl=URL + "discovery/v1/apis/{api}/{apiVersion}/rest",
        cache_discovery=False,
    )


class Program:
    """A list of steps. `passes` and `refused` decorate the function of a step."""

    def __init__(self):
        self.steps = []

    def passes(self, name):
        return self._add(name, "passes")

    def refused(self, name):
        return self._add(name, "refused")

    def _add(self, name, want):
        def add(run):
            self.steps.append((name, want, run))
            return run

        return add

    def run(self):
        """Runs the steps one after the other. One that fails does not end the program."""
        for name, want, run in self.steps:
            outcome, message = outcome_of(run)
            step = {"name": name, "want": want, "outcome": outcome}
            if message is not None:
                step["message"] = message
            print(json.dumps(step, separators=(",", ":")))


def outcome_of(run):
    try:
        run()
        return "passes", None
    except HttpError as error:
        refusal = refusal_in(error)
        return ("refused", refusal) if refusal else ("fails", described(error))
    except Exception as error:  # A step can fail in any way.
        return "fails", described(error)


def refusal_in(error):
    """Returns the message of the mock's refusal."""
    try:
        body = json.loads(error.content)["error"]
        if error.resp.status == 400 and body["errors"][0]["reason"] == "MOCK_NOT_MODELLED":
            return body["message"]
    except (ValueError, KeyError, TypeError, IndexError):
        pass
    return None


def described(error):
    folder = os.path.dirname(os.path.abspath(__file__))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    place = "%s:%d" % (os.path.basename(frames[-1].filename), frames[-1].lineno) if frames else "?"
    return "%s: %s (%s)" % (type(error).__name__, str(error)[:400], place)


def equal(given, want):
    if given != want:
        raise AssertionError("%r is not %r" % (given, want))


def fails(status, request):
    """Passes when the request fails with this status, as with the real API."""
    try:
        result = request.execute()
    except HttpError as error:
        if error.resp.status == status:
            return error
        raise
    raise AssertionError("expected status %d, but the call succeeded: %r" % (status, result))


def patterned(length):
    """Returns bytes that differ at each place, so that a wrong offset shows."""
    return bytes((index * 31 + (index >> 8) * 17) & 0xFF for index in range(length))
